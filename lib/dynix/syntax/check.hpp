// Private to the room: what Nix refuses at parse time although the grammar allows it.
#pragma once

#include "dynix/base/error.hpp"
#include "dynix/syntax/arena.hpp"
#include "dynix/syntax/parse.hpp"

#include <vector>

namespace dynix::syntax {

// Attributes and arguments defined twice (sets given in pieces are merged as Nix merges them),
// dynamic attributes in `let` and `inherit`, numbers out of range, and what the options ask for.
// Errors are in source order, and no more than the first `most`.
//
// One pass over the pool, from the first node to the last: no recursion, and sets without anything
// suspicious cost a look at their names.
std::vector<error>
check(arena const& content, parse_options const& options, std::size_t most = 100);

} // namespace dynix::syntax
