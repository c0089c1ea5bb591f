// Drift on the machine that runs: whose text of a unit is not that of the configuration on disk.
#pragma once

#include "dynix/host/machine.hpp"
#include "dynix/plan/drift.hpp"

#include <vector>

namespace dynix::activation {

// The refusal of plan/drift.hpp, with the runtime modules of the system that runs. `units` is not
// empty.
error refuse_drift(std::vector<plan::drifted_unit> const& units, host::machine& host);

} // namespace dynix::activation
