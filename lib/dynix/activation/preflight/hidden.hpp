// Whether drop-ins of others hide what a plan changes.
#pragma once

#include "dynix/activation/preflight/unit_layers.hpp"
#include "dynix/units/drop_in.hpp"

#include <string>

namespace dynix::activation {

// Refused: a directive of which the unit would not have what the plan gives it, because another
// drop-in sets it too, whether that is read before ours or after it (systemd.unit(5), drop-ins: the
// last assignment of a scalar counts, an empty one clears a list). Of Environment= each variable
// counts, and UnsetEnvironment= takes some out. Nor would it have a variable that a file of
// EnvironmentFile= sets to something else: as far as the file can be read, and the unit has no
// command that may write it anew before systemd reads it. The error names the file and what it
// sets.
result<void>
check_hidden(layered_unit const& layers, std::string const& unit, host::processes& live);

} // namespace dynix::activation
