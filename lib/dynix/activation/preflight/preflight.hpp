// The preflight: everything that can be refused is refused here, before the first change.
#pragma once

#include "dynix/activation/bystanders/unplanned.hpp"
#include "dynix/activation/record/state.hpp"
#include "dynix/activation/steps/checked_unit.hpp"
#include "dynix/activation/steps/step.hpp"
#include "dynix/host/machine.hpp"
#include "dynix/plan/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dynix::activation {

struct checked_plan {
    std::vector<checked_unit> units{};
    std::vector<step> steps{};     // empty: there is nothing to do
    std::vector<error> refusals{}; // not empty: nothing may be changed
    std::vector<std::string> warnings{};
    std::optional<state> recorded{}; // the state before
    // What systemd would do besides, outside the plan: harmless by those units' own declaration.
    std::vector<unplanned_unit> unplanned{};
    // Of all units, when there is something to do; which run it is only of those outside the plan.
    std::vector<host::unit_run> runs{};
};

struct check_options {
    bool allow_leak = false; // leaks are warnings, no refusal
    // Of a way back, changed unit files that the reload brings into force are warnings, too.
    direction way = direction::forth;
};

checked_plan
check(plan::activation_plan const& wanted, check_options const& options, host::machine& host);

} // namespace dynix::activation
