// What a plan would change, as data: overrides, and for each unit its text and its drop-in.
#pragma once

#include "dynix/activation/preflight/preflight.hpp"

#include <string>
#include <vector>

namespace dynix::activation {

struct unit_difference {
    std::string name{};
    // Unified diffs of the unit file and of its files below /etc, static to dynamic; empty when
    // equal.
    std::string text{};
    std::string drop_in{}; // the drop-in that would be written; empty when none is needed
    unit_change const* change = &changes::none;
    // Where there is nothing to do: why it is not known to run what is planned.
    std::string not_as_planned{};
};

struct plan_difference {
    std::vector<plan::planned_override> overrides{}; // whose values differ
    std::vector<unit_difference> units{};
    std::vector<step> steps{};
    std::vector<unplanned_unit> foreseen{}; // outside the plan: what systemd would do, harmless
    std::vector<error> refusals{};          // why apply would refuse
    std::vector<std::string> warnings{};
    plan::verification verify = plan::verification::quick; // how leaks were looked for
    plan::proof rests_on = plan::proof::compared;          // and why there are none
    bool by_slice = false; // what was evaluated for the plan (plan::activation_plan)
    std::vector<plan::leak> leaks{};
};

plan_difference
difference(plan::activation_plan const& wanted, check_options const& options, host::machine& host);

} // namespace dynix::activation
