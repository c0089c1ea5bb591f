// Private to the room: variables that nothing defines.
#pragma once

#include "dynix/syntax/ast.hpp"

#include <vector>

namespace dynix::syntax {

// The variables that no `let`, function, recursive set or global of Nix 2.26 defines, in source
// order. Inside `with`, any name may come from its set, so nothing is said there.
std::vector<node> undefined_variables(node root);

} // namespace dynix::syntax
