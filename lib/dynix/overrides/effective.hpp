// Which overrides are in effect: the last one on each path, unless it stands below a replaced
// subtree.
#pragma once

#include "dynix/overrides/dynamic_file.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::overrides {

// An option and its value wherever they are shown, on one line where the value has no line break:
// "services.distccd.maxJobs = 4".
std::string setting_line(std::string_view option, std::string_view value);
// With blanks up to `width`, where something is to stand behind it in a column.
std::string in_column(std::string line, std::size_t width);
std::string override_line(option_override const& what);

// Points into the dynamic_file it was made from.
struct effective_override {
    option_override const* what;
    entry const* from;
};

// The overrides in effect, in the order of their paths. An override below an earlier one on a
// parent path is lost (the module system filters the child's definition out at the parent), and one
// on a parent path hides the earlier ones below it.
std::vector<effective_override> effective_overrides(dynamic_file const& file);

// Only those at, above and below `near`, which is all that a change there depends on.
std::vector<effective_override>
effective_overrides(dynamic_file const& file, option_path const& near);

// The override in effect on `path` or on the nearest path above it, nullptr when there is none.
effective_override const*
covering(std::vector<effective_override> const& effective, option_path const& path);

// Those at `path` or below it, or else the one above it that covers `path`.
std::vector<effective_override>
effective_at(std::vector<effective_override> const& effective, option_path const& path);

// That nothing in effect is at `path`, with the nearest path that has something.
error no_override_at(std::vector<effective_override> const& effective, option_path const& path);

// What another dynamic file makes of a path: the overrides in effect on it before and after,
// nullptr for none.
struct effect_change {
    effective_override const* before;
    effective_override const* after;
};

// Every path whose value is another one in `after`, in the order of the paths. Points into both.
std::vector<effect_change> effect_changes(
    std::vector<effective_override> const& before, std::vector<effective_override> const& after);

// Whether `path` is `parent` or below it.
bool is_at_or_below(option_path const& path, option_path const& parent);

} // namespace dynix::overrides
