// The health checks of the units: commands that run before anything changes, and those that have to
// succeed after the start (plan/checks.hpp). A restore and a reset run none: the way back must not
// depend on a command, and the proof says that what ran before runs again.
#pragma once

#include "dynix/activation/steps/checked_unit.hpp"
#include "dynix/activation/steps/progress.hpp"
#include "dynix/activation/steps/step.hpp"

#include <functional>
#include <string>
#include <vector>

namespace dynix::activation {

struct first_look {
    std::vector<step> steps{};           // as they went
    std::vector<error> failures{};       // not empty: nothing may be changed
    std::vector<std::string> warnings{}; // probes that are left out
};

// Takes the steps that only look from the beginning of `programme` and carries them out. Probes
// that say nothing are taken out of `units`, so that their steps do nothing later.
first_look look_first(
    std::vector<step>& programme, std::vector<checked_unit>& units, host::machine& host,
    phases& progress, std::function<bool()> const& stop_requested);

// After another check of the same plan: the probes that are left, and no steps that only look.
void keep_checks(
    std::vector<checked_unit> const& from, std::vector<checked_unit>& to,
    std::vector<step>& programme);

} // namespace dynix::activation
