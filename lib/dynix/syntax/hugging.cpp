#include "dynix/syntax/hugging.hpp"

namespace dynix::syntax {

bool is_nonempty_set(node of) {
    return (of.kind() == node_kind::attribute_set || of.kind() == node_kind::recursive_set ||
            of.kind() == node_kind::legacy_let) &&
           !of.children().empty();
}

bool hugs(node of) {
    switch (of.unwrapped().kind()) {
    case node_kind::attribute_set:
    case node_kind::recursive_set:
    case node_kind::legacy_let:
    case node_kind::list:
    case node_kind::string:
    case node_kind::indented_string:
        return true;
    default:
        return false;
    }
}

bool hugs_as_argument(node of) {
    return hugs(of) || of.unwrapped().kind() == node_kind::lambda;
}

bool hugs_right_side(node of) {
    auto const [left, right, which] = as_binary(of);
    return hugs(right) && right.unwrapped().kind() != node_kind::string &&
           left.unwrapped().kind() != node_kind::binary;
}

bool hugs_as_value(node of) {
    of = of.unwrapped();
    while (of.kind() == node_kind::with_scope)
        of = of.child(1).unwrapped();
    switch (of.kind()) {
    case node_kind::lambda:
        return true;
    case node_kind::apply:
        return hugs_as_argument(as_apply(of).arguments.back());
    case node_kind::binary:
        return hugs_right_side(of);
    default:
        return hugs(of);
    }
}

} // namespace dynix::syntax
