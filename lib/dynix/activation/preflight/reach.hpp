// Whether a plan changes anything that a process could have.
#pragma once

#include "dynix/plan/plan.hpp"

#include <string>

namespace dynix::activation {

// A warning where the plan has overrides and no unit changes with them, else empty: "nothing to do"
// must not pass for "it runs".
std::string reaches_nothing(plan::activation_plan const& wanted);

} // namespace dynix::activation
