// What the state of a unit means for a change of it.
#pragma once

#include "dynix/activation/proof/proof.hpp"
#include "dynix/activation/record/state.hpp"
#include "dynix/activation/steps/unit_change.hpp"
#include "dynix/host/machine.hpp"
#include "dynix/units/unit_file.hpp"

#include <string_view>
#include <vector>

namespace dynix::activation {

// Finds the running services that `socket`, if it is one, cannot be started beside. A service that
// an interrupted activation has stopped, by `recorded`, counts as running.
result<std::vector<host::unit_status>>
services_to_stop(host::unit_status const& socket, state const& recorded, host::machine& host);

// The refusal of a socket whose running service the plan does not name.
error not_in_plan(std::string_view socket, std::string_view service);

// Refuses to stop a unit that systemd could not start again: it runs, and its unit file is gone,
// masked or not to be read.
result<void> check_can_start(host::unit_status const& status);

// The refusal of everything while the machine shuts down: systemd would queue no job.
result<void> check_running(host::machine& host);

// Whether a unit runs, or is on its way to, also by a restart that somebody has asked for; not one
// that fails over and over.
bool is_up(host::unit_status const& status);

// Whether it has ended and systemd will start it again (systemd.service(5), Restart=).
bool is_waiting(host::unit_status const& status);

// Whether it ends and is started again over and over, and is in one of its runs or on the way to
// the next: systemd has started it again by itself (NRestarts=) less than `settle`, and the while
// that a proof may take, before `now`.
bool keeps_restarting(
    host::unit_status const& status, host::milliseconds settle, host::time_point now);

// Whether the processes of the unit have its command line now, or as soon as systemd has executed
// that, when `running` is what it runs.
command_shown
shown_now(units::unit_file const& running, host::unit_status const& status, host::machine& host);

// Restart what runs or should run, also what an interrupted activation has stopped, by `recorded`;
// the rest has to wait for its start.
unit_change const* change_for(host::unit_status const& status, state const& recorded);

} // namespace dynix::activation
