// Private to the room: which expressions are printed on from the line of what is before them.
#pragma once

#include "dynix/syntax/ast.hpp"

namespace dynix::syntax {

bool is_nonempty_set(node of);

// Whether the text of a node opens a bracket or quote at once and closes it on a line of its own:
// sets, lists, strings. Parentheses do not count.
bool hugs(node of);

// The same for the last argument of a function, which may also be a function: `f (x: { })`.
bool hugs_as_argument(node of);

// `a // { }`: the same for an operation's right side, unless it is one of a chain.
bool hugs_right_side(node operation);

// The same for what follows '=', ':' or `with a;`.
bool hugs_as_value(node of);

} // namespace dynix::syntax
