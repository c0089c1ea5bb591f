// Units that need no change: their drop-ins are the planned ones already. That says nothing of what
// they run.
#pragma once

#include "dynix/activation/preflight.hpp"

#include <string>

namespace dynix::activation {

// Looks at what each unit of a plan that has nothing to do runs, as `proved` of it. A warning for
// one that runs something else, and for one with an outdated credential.
void prove_unchanged(checked_plan& plan, host::machine& host);

// Why a unit that was looked at is not known to run what is planned; empty: it runs that.
std::string why_not_as_planned(checked_unit const& unit);

} // namespace dynix::activation
