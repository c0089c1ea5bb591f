// The preflight: everything that can be refused is refused here, before the first change.
#pragma once

#include "dynix/activation/proof.hpp"
#include "dynix/activation/state.hpp"
#include "dynix/activation/step.hpp"
#include "dynix/activation/unit_change.hpp"
#include "dynix/activation/unplanned.hpp"
#include "dynix/host/machine.hpp"
#include "dynix/plan/plan.hpp"
#include "dynix/units/drop_in.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::activation {

// A link below /etc that leads to a file of a unit (file_links.hpp).
struct file_link {
    std::string path{};
    std::string target{};
    bool workers = false; // the service starts processes when it has taken the file, else not

    friend bool operator==(file_link const&, file_link const&) = default;
};

struct checked_unit {
    std::string name{};
    host::milliseconds settle{};
    std::string static_text{};  // as planned
    std::string dynamic_text{}; // as planned
    units::unit_file before{};  // static text with the other drop-ins that are read before ours
    units::unit_file running{}; // what it runs now: `before` with the drop-in that is there
    units::unit_file after{};   // dynamic text, likewise
    // After an activation that did not end: what else it may run, the earliest first.
    std::vector<units::unit_file> may_run{};
    std::vector<std::pair<std::string, std::string>> texts{}; // of the files of `before`, by path
    units::drop_in wanted{};
    std::optional<std::string> drop_in_now{}; // the file's text
    std::vector<file_link> links{};           // that `after` names
    std::vector<file_link> links_now{};       // that earlier drop-ins name
    host::unit_status status{};
    bool rewrite = false; // the drop-in on disk is not the wanted one
    unit_change const* change = &changes::none;
    command_shown shown = command_shown::unknown; // before the change
    // A socket cannot be restarted while its service runs: that service is stopped before and
    // started after, by being listed here.
    std::vector<std::string> stop_first{};
    bool unless_stopped = false;   // no restart if somebody has stopped it since
    bool put_back = false;         // the wanted drop-in is the previous one, of a restore
    bool may_fail = false;         // it need not stay up once it is started
    bool keeps_restarting = false; // when it was checked
    bool reload_shown = false;     // that its process has taken the reload
    bool files_stuck = false;      // its links could not be put back, so that its drop-in stays
    bool fell_back = false;        // a reload was not enough: it is restarted
    proof proved{};                // once it is proved
    std::optional<host::unit_status> proved_as{}; // the run that was proved
    plan::unit_checks checks{};                   // of what it will run
};

struct checked_plan {
    std::vector<checked_unit> units{};
    std::vector<step> steps{};     // empty: there is nothing to do
    std::vector<error> refusals{}; // not empty: nothing may be changed
    std::vector<std::string> warnings{};
    std::optional<state> recorded{}; // the state before
    // What systemd would do besides, outside the plan: harmless by those units' own declaration.
    std::vector<unplanned_unit> unplanned{};
    std::vector<host::unit_run> runs{}; // of all units, when there is something to do
};

struct check_options {
    bool allow_leak = false; // leaks are warnings, no refusal
    bool reload_all = false; // so are changed unit files that the reload brings into force
};

checked_plan
check(plan::activation_plan const& wanted, check_options const& options, host::machine& host);

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
