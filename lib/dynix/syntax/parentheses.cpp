#include "dynix/syntax/parentheses.hpp"

#include "dynix/syntax/grammar/operators.hpp"

namespace dynix::syntax {

namespace {

using namespace grammar;

// Whether an operation that binds with `precedence` must be set apart from the operator around it.
bool is_too_weak(std::uint8_t precedence, associativity groups, place where) {
    if (where.is == place::kind::tested)
        return precedence <= has_attribute_precedence;
    auto const around = precedence_of(where.code);
    if (precedence != around || where.code >= operator_table.size())
        return precedence <= around;
    auto const side = where.is == place::kind::left ? associativity::left : associativity::right;
    return groups != side || operator_table[where.code].groups != side;
}

} // namespace

bool is_applied_to_or(node of) {
    if (of.kind() != node_kind::apply)
        return false;
    auto const argument = as_apply(of).arguments.back();
    return argument.kind() == node_kind::variable && argument.text() == "or";
}

bool needs_parentheses(node of, place where) {
    if (where.is == place::kind::whole)
        return false;
    bool const beside_operator =
        where.is != place::kind::argument && where.is != place::kind::subject;
    switch (of.kind()) {
    case node_kind::apply:
        if (!is_applied_to_or(of))
            return !beside_operator;
        [[fallthrough]];
    case node_kind::select:
        return where.is == place::kind::subject;
    case node_kind::has_attribute:
        // '?' may follow '?': the left one is tested first.
        return !beside_operator ||
               (where.is != place::kind::tested &&
                is_too_weak(has_attribute_precedence, associativity::none, where));
    case node_kind::binary: {
        auto const& facts = operator_table[static_cast<std::size_t>(as_binary(of).which)];
        return !beside_operator || is_too_weak(facts.precedence, facts.groups, where);
    }
    // A prefix needs none for what is left of it: it can only be read as one.
    case node_kind::not_operation:
        return !beside_operator || not_precedence <= where.follow;
    case node_kind::negation:
        return !beside_operator || negation_precedence <= where.follow;
    case node_kind::lambda:
    case node_kind::let_in:
    case node_kind::if_else:
    case node_kind::assertion:
    case node_kind::with_scope:
        return true;
    default:
        return false;
    }
}

} // namespace dynix::syntax
