// What an apply records once it is proved: which run of each unit has which files, and whether its
// processes showed it.
#pragma once

#include "dynix/activation/apply.hpp"
#include "dynix/activation/preflight/preflight.hpp"

namespace dynix::activation {

// What is recorded of this very run of the unit; null where it runs as somebody else started it.
// Valid as long as `checked` is.
applied_unit const*
recorded_run(checked_plan const& checked, std::string const& name, host::unit_status const& status);

// The record of `checked` after its units were proved. Asks systemd for their runs, and reads their
// processes; the error is systemd's.
result<state> state_applied(
    plan::activation_plan const& wanted, apply_options const& options, checked_plan const& checked,
    host::machine& host);

} // namespace dynix::activation
