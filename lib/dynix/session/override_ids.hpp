// What an override is, apart from its place in the dynamic file, and which of them are applied.
#pragma once

#include "dynix/activation/record/confirmation.hpp"
#include "dynix/overrides/dynamic_file.hpp"

#include <string>
#include <vector>

namespace dynix::session {

using override_ids = std::vector<activation::override_id>;

// By the number, the path, the value and the sets around it. Comments, the layout, who appended it
// and when it is over are not part of it, and it is the same in what was chosen of the file.
activation::override_id id_of(overrides::entry const& from, overrides::option_override const& what);

// Of all its overrides, in their order.
override_ids ids_of(overrides::dynamic_file const& file);

bool has(override_ids const& all, activation::override_id const& one);

// The dynamic file that is applied (nullptr: none), without what a switch or a change of modules
// has taken back since. An error: that is not known entry by entry.
result<overrides::dynamic_file> applied_file(activation::state const* applied);

} // namespace dynix::session
