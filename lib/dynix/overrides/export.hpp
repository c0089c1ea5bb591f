// Overrides as a static module, to paste into the configuration.
#pragma once

#include "dynix/overrides/effective.hpp"

#include <string>
#include <vector>

namespace dynix::overrides {

// The text of a module that sets what `chosen` (in the order of effective_overrides(file))
// overrides: plain values without priorities, common prefixes merged, laid out as nixfmt does. It
// is an attribute set, or a function of the file's arguments when a value is an expression, which
// may use them. Comments in an expression are left out.
result<std::string>
export_module(dynamic_file const& file, std::vector<effective_override> const& chosen);

} // namespace dynix::overrides
