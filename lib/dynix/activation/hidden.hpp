// Whether drop-ins of others hide what a plan changes.
#pragma once

#include "dynix/activation/unit_layers.hpp"
#include "dynix/units/drop_in.hpp"

#include <string>

namespace dynix::activation {

// Refused: a directive of which the unit would not have what the plan gives it, because another
// drop-in sets it too, whether that is read before ours or after it (systemd.unit(5), drop-ins: the
// last assignment of a scalar counts, an empty one clears a list). Of Environment= each variable
// counts. The error names the file and the directive.
result<void> check_hidden(layered_unit const& layers, std::string const& unit);

} // namespace dynix::activation
