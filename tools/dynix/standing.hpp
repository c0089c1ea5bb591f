// How far the overrides of a dynamic file have come on this machine.
#pragma once

#include "dynix/activation/status.hpp"
#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/plan/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dynix::tool {

// An override of the file or of what is applied, and how far it has come:
//   static   nothing is applied; its units run their static configuration
//   pending  what is applied is older than the file
//   applied  it is applied, but a live process does not (yet) have it; `reason` says why
//   live     a live process has it
struct override_standing {
    std::string option;
    std::string value;
    std::string standing;
    std::string reason;
};

// One for each override in effect in `file`, and for each that is applied and no more in it.
std::vector<override_standing>
standings(overrides::dynamic_file const& file, activation::status_report const& now);

// The plan in this file; nullopt when there is none that can be read.
std::optional<plan::activation_plan> read_plan_if_any(std::string const& path);

// The services of the plan that declare the option at this path, or one above it.
std::vector<plan::planned_service const*>
services_of(std::string const& option, plan::activation_plan const& in);

} // namespace dynix::tool
