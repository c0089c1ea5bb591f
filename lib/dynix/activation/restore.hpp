// What a failed apply has left behind, and the units that take it back.
#pragma once

#include "dynix/activation/preflight/preflight.hpp"
#include "dynix/activation/record/state.hpp"
#include "dynix/activation/steps/step.hpp"

#include <string>
#include <vector>

namespace dynix::activation {

// What is known of it. Keeps references.
struct failed_apply {
    checked_plan const& checked;
    std::vector<step> const& steps; // as they went
    state const& journal;           // what its units were before
};

// The units as they were, to be reached from what they are now, for programme.hpp. One whose run
// was not touched is left alone. What had failed is stopped: with its previous configuration it
// would only fail again; what was waiting to be started again is started, and may fail.
std::vector<checked_unit> units_back(failed_apply const& failed, host::machine& host);

// Whether systemd has not read the files of a unit that the activation has begun to change.
bool needs_reload(state const& journal, host::machine& host);

} // namespace dynix::activation
