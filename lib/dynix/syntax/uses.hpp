// Private to the room: where a name of a recursive set is used.
#pragma once

#include "dynix/syntax/ast.hpp"

#include <string_view>
#include <vector>

namespace dynix::syntax {

// A variable, or a name behind `inherit`.
struct use {
    node where;
    // The path that is selected from it at once, as b of a.b; empty when there is none, or when a
    // missing attribute has an answer, as in a.b or 1 and a ? b.
    node_list selected;
};

// The uses of `name` in `set` that mean its attribute of that name, or would mean it if the set had
// one: inner functions, `let` and recursive sets may have a name of their own that is nearer.
std::vector<use> uses_of(node recursive_set, std::string_view name);

} // namespace dynix::syntax
