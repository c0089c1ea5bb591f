// What a unit runs, by the files that systemd has read for it.
#pragma once

#include "dynix/activation/record/state.hpp"
#include "dynix/activation/steps/checked_unit.hpp"
#include "dynix/host/machine.hpp"

#include <vector>

namespace dynix::activation {

// What the unit runs now (`running`) and what it will run without its drop-in (`after`), by the
// files that its status names; neither when one of them cannot be read. After an activation that
// was interrupted it may run something older (`may_run`).
void read_running_texts(checked_unit& unit, state const& recorded, host::machine& host);

// A drop-in of somebody else may set what the override did: of a unit that was taken back, what
// runs is then what the files say, and not what the static configuration says.
void name_what_hides(std::vector<checked_unit>& units, state const& recorded, host::machine& host);

} // namespace dynix::activation
