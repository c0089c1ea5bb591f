// Which overrides are in effect: the last one on each path, unless it stands below a replaced
// subtree.
#pragma once

#include "dynix/overrides/dynamic_file.hpp"

#include <vector>

namespace dynix::overrides {

// Points into the dynamic_file it was made from.
struct effective_override {
    option_override const* what;
    entry const* from;
};

// The overrides in effect, in the order of their paths. An override below an earlier one on a
// parent path is lost (the module system filters the child's definition out at the parent), and one
// on a parent path hides the earlier ones below it.
std::vector<effective_override> effective_overrides(dynamic_file const& file);

// The override in effect on `path` or on the nearest path above it, nullptr when there is none.
effective_override const*
covering(std::vector<effective_override> const& effective, option_path const& path);

// Whether `path` is `parent` or below it.
bool is_at_or_below(option_path const& path, option_path const& parent);

} // namespace dynix::overrides
