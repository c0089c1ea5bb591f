// Units that need no change: their drop-ins are the planned ones already. That says nothing of what
// they run.
#pragma once

#include "dynix/activation/preflight/preflight.hpp"

#include <string>
#include <vector>

namespace dynix::activation {

// Looks at what each unit of a plan that has nothing to do runs, as `proved` of it. Returns the
// warnings: of one that runs something else, and of one with an outdated credential.
std::vector<std::string> prove_unchanged(checked_plan& plan, host::machine& host);

// Why a unit that was looked at is not known to run what is planned; empty: it runs that.
std::string why_not_as_planned(checked_unit const& unit);

// Why a unit that was checked does not run, or is not known to run, what the static configuration
// says; empty: it runs that. Systemd is not asked for it.
std::string why_not_static(checked_unit const& unit, host::machine& host);

} // namespace dynix::activation
