// What systemd's transaction would do to units outside the plan, known before any job is queued.
#pragma once

#include "dynix/base/error.hpp"
#include "dynix/host/systemd.hpp"

#include <string>
#include <vector>

namespace dynix::activation {

enum class unplanned_effect {
    stop,
    start,
    restart,
    reload,
    missing, // it is required to start and cannot, so the planned unit would not start either
};

// Whether an activation makes a change, or takes one back, which one failure must not shut.
enum class direction { forth, back };

struct unplanned_unit {
    std::string name{};
    unplanned_effect effect{};
    // How it follows: the unit of the plan, then "PROPERTY=UNIT" link by link to this one.
    std::vector<std::string> chain{};
    // What in the unit's own declaration makes the effect harmless; empty when nothing does.
    std::string harmless{};
    std::string load_state{}; // for missing
};

// Every unit outside `planned` that would stop, start or restart with these jobs, sorted by name.
//
// The rules are those of systemd.unit(5), as a transaction of systemd 252 to 257 has them:
// - a start pulls in the start of Requires=, BindsTo=, Wants= and Upholds=, also through units that
//   run already, and the stop of Conflicts= in both directions; Requisite= must run already;
// - a stop is handed on to RequiredBy=, RequisiteOf=, BoundBy=, ConsistsOf= (which is PartOf= from
//   the other side) and PropagatesStopTo=;
// - a restart is both; dependents are restarted if they run. PropagatesStopTo= takes its units
//   down when the restart fails, so they count as stopped;
// - a reload is handed on to PropagatesReloadTo=;
// - StopWhenUnneeded= stops a unit that no running unit needs any more.
// Harmless by declaration: a target or a slice (no processes of its own); a oneshot service that
// ended well and does not remain, which is made to run whenever something that needs it starts, or
// has failed and is only wanted, unless it would run because another unit outside the plan
// restarts; StopWhenUnneeded=; a reload, which stops nothing. Of a way back any unit that has
// failed and is only wanted: it ran beside the unit before, and the change may be what it has
// failed of.
// Not followed: what sysinit.target starts, when it is active. Every unit with default dependencies
// requires it (systemd.service(5)), so any start of anything asks for that; it is told afterwards.
// Nothing happens to a unit whose conditions were not met the last time.
//
// Reads the units over the bus, but those that are `known` already; an error only if that fails.
result<std::vector<unplanned_unit>> unplanned_units(
    std::vector<host::unit_job> const& jobs, std::vector<std::string> const& planned,
    host::systemd& units, std::vector<host::unit_relations> const& known = {},
    direction way = direction::forth);

// Why an apply does not go on, for one whose effect is not harmless.
error unplanned_refusal(unplanned_unit const& what);

// "restart all.target, which is not in the plan: a target has no processes of its own"
std::string describe(unplanned_unit const& what);

// "stop", "start", "restart", "missing"
std::string to_string(unplanned_effect effect);

} // namespace dynix::activation
