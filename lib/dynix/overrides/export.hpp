// Overrides as a static module, to paste into the configuration.
#pragma once

#include "dynix/overrides/effective.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dynix::overrides {

// The priority at which the static configuration defines a place; nullopt when it does not.
using static_priority = std::function<std::optional<std::int64_t>(option_path const&)>;

// The text of a module that sets what `chosen` (in the order of effective_overrides(file))
// overrides, so that the configuration with it has the same values: a plain value where nothing
// stands in its way, lib.mkForce (or what is stronger) where the configuration defines the place
// itself, and inside the sets that an override joins. Common prefixes are merged, laid out as
// nixfmt does. It is an attribute set, or a function of the file's arguments when it uses them.
// Comments in an expression are left out. An error when overrides put one set at two priorities.
result<std::string> export_module(
    dynamic_file const& file, std::vector<effective_override> const& chosen,
    static_priority const& defined);

} // namespace dynix::overrides
