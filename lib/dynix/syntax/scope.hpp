// Private to the room: variables that nothing defines.
#pragma once

#include "dynix/syntax/ast.hpp"

#include <span>
#include <vector>

namespace dynix::syntax {

// The variables that no `let`, function, recursive set or global of Nix 2.26 defines, in source
// order. Inside `with`, any name may come from its set, so nothing is said there. `in_pieces` are
// the ids, in rising order, of all sets and lets that name one attribute twice.
std::vector<node>
undefined_variables(arena const& content, std::span<std::uint32_t const> in_pieces);

} // namespace dynix::syntax
