#include "dynix/syntax/attribute_search.hpp"

#include "dynix/syntax/attribute_path.hpp"

#include <fmt/format.h>

namespace dynix::syntax {

namespace {

// What an expression says when it is evaluated, as far as that is certain.
node inner_value(node of) {
    for (;;) {
        switch (of.kind()) {
        case node_kind::parenthesized:
            of = of.child(0);
            break;
        case node_kind::lambda:
        case node_kind::let_in:
        case node_kind::with_scope:
        case node_kind::assertion:
            of = of.children().back();
            break;
        default:
            return of;
        }
    }
}

bool is_set(node of) {
    return of.kind() == node_kind::attribute_set || of.kind() == node_kind::recursive_set;
}

error at_place(tree const& in, node where, std::string message, std::string hint = {}) {
    error what{std::move(message), std::move(hint)};
    what.at = excerpt_of(in.source(), in.name(), where.range());
    return what;
}

} // namespace

common_names compare(node binding, std::span<std::string const> path) {
    auto const steps = as_binding(binding).path;
    common_names found;
    while (found.count < steps.size() && found.count < path.size() &&
           static_name(steps[found.count]) == path[found.count])
        ++found.count;
    found.all_of_binding = found.count == steps.size();
    return found;
}

attribute_search look_for(node root, std::span<std::string const> path) {
    struct stop {
        node value;
        std::size_t depth;
    };
    attribute_search found;
    std::vector<stop> todo{{root, 0}};
    for (std::size_t next = 0; next < todo.size(); ++next) {
        auto const depth = todo[next].depth;
        auto const value = inner_value(todo[next].value);
        if (!is_set(value)) {
            found.obstacle = value;
            found.obstacle_depth = depth;
            continue;
        }
        found.passed.push_back({value, depth});
        if (!found.innermost || depth > found.innermost_depth) {
            found.innermost = value;
            found.innermost_depth = depth;
        }
        auto const rest = path.subspan(depth);
        for (auto const item : value.children()) {
            if (item.kind() == node_kind::inherit) {
                for (auto const name : as_inherit(item).names)
                    if (static_name(name) == rest[0])
                        found.inherited = name;
                continue;
            }
            auto const common = compare(item, rest);
            if (common.count == rest.size())
                (common.all_of_binding ? found.exact : found.pieces).push_back(item);
            else if (common.all_of_binding)
                todo.push_back({as_binding(item).value, depth + common.count});
        }
    }
    return found;
}

error not_one_binding(
    tree const& in, attribute_search const& found, std::span<std::string const> path) {
    auto const name = print_attribute_path(path);
    if (!found.exact.empty() || !found.pieces.empty()) {
        auto places = found.exact;
        places.insert(places.end(), found.pieces.begin(), found.pieces.end());
        auto why = at_place(
            in, places[0], fmt::format("attribute '{}' is given in pieces", name),
            "name one of its parts");
        for (std::size_t i = 1; i < places.size() && i < 4; ++i)
            why.notes.push_back(
                {"another piece is here", excerpt_of(in.source(), in.name(), places[i].range())});
        return why;
    }
    if (found.inherited)
        return at_place(
            in, found.inherited,
            fmt::format("attribute '{}' comes from 'inherit'", found.inherited.text()),
            "write it as a binding of its own to change it here");
    if (found.obstacle && found.obstacle_depth == 0)
        return at_place(
            in, found.obstacle,
            fmt::format("expected an attribute set, found {}", describe(found.obstacle.kind())));
    if (found.obstacle)
        return at_place(
            in, found.obstacle,
            fmt::format(
                "'{}' is not a set that is written down here: found {}",
                print_attribute_path(path.first(found.obstacle_depth)),
                describe(found.obstacle.kind())),
            fmt::format("to change '{}', edit this expression by hand", name));
    return at_place(in, found.innermost, fmt::format("attribute '{}' is not defined here", name));
}

} // namespace dynix::syntax
