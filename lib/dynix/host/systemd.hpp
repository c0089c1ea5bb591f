// What dynix needs of the system's service manager, as an interface.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/host/clock.hpp"
#include "dynix/host/unit_command.hpp"
#include "dynix/host/unit_reading.hpp"
#include "dynix/host/unit_relations.hpp"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dynix::host {

// A unit as the manager knows it now; the words are systemd's own.
struct unit_status {
    std::string name{};          // the unit's own name, when asked for by an alias
    std::string load_state{};    // loaded, not-found, bad-setting, error, masked
    std::string active_state{};  // active, reloading, inactive, failed, activating, deactivating
    std::string sub_state{};     // running, exited, dead, auto-restart, listening...
    std::string job{};           // queued or under way: start, stop, restart...; empty: none
    std::string fragment_path{}; // the unit file
    std::vector<std::string> drop_in_paths{}; // in the order in which they are read
    bool transient = false;
    bool need_daemon_reload = false; // as statuses_with_files says
    bool frozen = false;             // or on its way to it: no job is taken (systemctl(1), freeze)
    bool refuse_manual_start = false;
    bool refuse_manual_stop = false;
    // Whether its Condition*= held when it was last started; true where systemd knows no start, as
    // of one that it has forgotten since it ended.
    bool condition_result = true;
    std::vector<std::string> triggers{}; // what it starts, when it is one of those
    // Those with Requires=, BindsTo=, PartOf= it, and those of its PropagatesStopTo=.
    std::vector<std::string> stopped_with_it{};
    unit_relations relations{};
    std::string invocation_id{}; // 32 hex digits, empty when it never ran
    // CLOCK_MONOTONIC, when it was last inactive (InactiveEnterTimestamp); 0: not since the boot.
    // Every process of this run began after it. That the run began is noted only when its process
    // is there.
    std::uint64_t last_inactive_usec = 0;

    // CLOCK_MONOTONIC, when it became active last (ActiveEnterTimestamp); 0: not since the boot.
    std::uint64_t active_since_usec = 0;

    // Of services only.
    std::string type{};
    bool remain_after_exit = false;
    std::string result{};      // success, exit-code, signal, start-limit-hit...
    std::int64_t main_pid = 0; // 0 when there is none, or systemd does not know which it is
    std::uint64_t n_restarts = 0;
    std::int64_t main_exit_status = 0;
    std::string control_group{}; // below /sys/fs/cgroup, empty when it has no processes

    bool loaded() const { return load_state == "loaded"; }
    bool active() const {
        return active_state == "active" || active_state == "reloading" ||
               active_state == "refreshing";
    }
    // Whether it is to run when its job is done, whatever it does now: a restart stops it first.
    bool will_start() const { return job == "start" || job == "restart"; }
};

// How the manager has read the files of a unit; the words are those of unit_status.
struct unit_load {
    std::string load_state{};
    std::vector<std::string> drop_in_paths{};

    bool loaded() const { return load_state == "loaded"; }
};

// How long systemd waits in each phase of a start and a stop (TimeoutStartSec= and TimeoutStopSec=
// of systemd.service(5), TimeoutSec= of other kinds); nullopt: without end.
struct unit_timeouts {
    std::optional<milliseconds> start{milliseconds(0)};
    std::optional<milliseconds> stop{milliseconds(0)};
};

enum class job_kind { start, stop, restart, try_restart, reload };

struct unit_job {
    job_kind kind = job_kind::restart;
    std::string unit{};
};

struct job_result {
    std::string unit{};
    // done, failed, canceled, timeout, dependency, skipped...; "deadline" when our patience ended
    // first, "interrupted" when we were asked to give up; otherwise the manager's refusal to take
    // the job.
    std::string result{};

    bool done() const { return result == "done" || result == "skipped"; }
    // It was queued, and may still end one way or the other.
    bool open() const { return result == "deadline" || result == "interrupted"; }
};

// A program to be run as a service that has no file, as systemd-run(1) does.
struct transient_service {
    std::string name{}; // "x.service"; nothing is left of it when it has ended
    std::string description{};
    std::vector<std::string> command{};     // the program's absolute path first
    std::vector<std::string> environment{}; // "NAME=value", beside what the manager gives
    std::string folder{};                   // its working folder
    // Its standard streams; -1 for none. The manager holds copies until the service has ended.
    int in = -1;
    int out = -1;
    int err = -1;
};

// "NAME=value" of those that this process has, for a transient unit.
std::vector<std::string> own_variables(std::initializer_list<char const*> names);

// A timer and the service that it starts, both without a file; systemd carries them on whatever
// becomes of who asked for them.
struct transient_timer {
    std::string name{}; // without a suffix
    std::string description{};
    std::vector<std::string> command{};     // of the service; the program's absolute path first
    std::vector<std::string> environment{}; // "NAME=value", beside what the manager gives
    // When it elapses: so long from now by CLOCK_MONOTONIC (OnActiveSec=), or else at this time of
    // the calendar (OnCalendar=, systemd.time(7)).
    std::optional<milliseconds> after{};
    std::string at{};
};

// A method of the manager that takes a unit and is done when it answers, which no job is.
struct unit_call {
    char const* method = nullptr; // "ResetFailedUnit", "FreezeUnit" (org.freedesktop.systemd1(5))
    std::string_view doing{};     // for an error: "freeze"
    std::string unit{};
    // What it takes behind the unit, in that order: {"main", SIGUSR1} of KillUnit.
    using argument = std::variant<std::string, std::int32_t>;
    std::vector<argument> more{};
};

class systemd {
  public:
    virtual ~systemd() = default;

    // Those units, in the order of the names, each with an error of its own. Their states are those
    // of one moment; what else they are is asked after that, of all of them before the first answer
    // is waited for. Result, condition and whether it is meant to stay so (RemainAfterExit=) are
    // asked only of units that are not up; since when it is up, only of one that systemd has
    // restarted. need_daemon_reload is not asked.
    virtual std::vector<result<unit_status>> statuses(std::vector<std::string> const& units) = 0;

    result<unit_status> status(std::string const& unit) { return statuses({unit}).front(); }

    // The same, with need_daemon_reload, for which systemd looks into all folders of unit files for
    // each unit, as long as it takes for all the rest.
    std::vector<result<unit_status>> statuses_with_files(std::vector<std::string> const& units);

    result<unit_status> status_with_files(std::string const& unit) {
        return statuses_with_files({unit}).front();
    }

    // As `statuses`, but for less: what their files and relations are is not asked, and they have
    // the names that are given here.
    virtual std::vector<result<unit_status>> runs_of(std::vector<std::string> const& units) = 0;

    // As `runs_of`, to see whether runs that are known go on: of a unit that is up its state alone,
    // and how often systemd has restarted it.
    virtual std::vector<result<unit_status>> ends_of(std::vector<std::string> const& units) = 0;

    // Of those units, in the order of the names.
    virtual result<std::vector<unit_load>> loads(std::vector<std::string> const& units) = 0;

    // Whether the machine is on its way down, and no unit is started any more.
    virtual result<bool> shutting_down() = 0;

    // Of those units, in the order of the names. Units without such timeouts, such as targets and
    // timers, have zeros.
    virtual result<std::vector<unit_timeouts>> timeouts(std::vector<std::string> const& units) = 0;

    // The unit that systemd has this process in; nullopt: none, or it cannot be known.
    virtual std::optional<std::string> unit_of_this_process() = 0;

    // What these units have to do with others, in the order of the names. Those that are not loaded
    // are loaded for it.
    virtual result<std::vector<unit_relations>>
    relations(std::vector<std::string> const& units) = 0;

    // Every loaded unit, other than devices. Of `planned` it is not asked which run it is: who has
    // changed them himself compares the others.
    virtual result<std::vector<unit_run>> runs(std::vector<std::string> const& planned) = 0;

    result<std::vector<unit_run>> runs() { return runs({}); }

    // Their names alone.
    virtual result<std::vector<std::string>> loaded_units() = 0;

    // Those of them whose files have changed since the manager read them (NeedDaemonReload).
    virtual result<std::vector<std::string>> changed_files(std::vector<unit_run> const& units) = 0;

    // The same of very many: it is asked only about those of which a file is newer than its last
    // reading of all files.
    virtual result<std::vector<std::string>>
    changed_files_among(std::vector<unit_run> const& units) = 0;

    // How systemd would read these unit files, in their order; nothing is loaded for it. An error:
    // it cannot be asked.
    virtual result<std::vector<unit_reading>> read_units(std::vector<unit_text> const& units) = 0;

    // Reads all unit files anew; returns when that is done.
    virtual result<void> reload() = 0;

    virtual result<void> call(unit_call const& what) = 0;

    // Forgets a unit's failures, so that the start limit counts anew. No fault if it never failed.
    result<void> reset_failed(std::string const& unit);

    // Queues all jobs and waits for their ends, at most until `deadline`, or until `give_up` (which
    // may be empty) says true. The results are in the order of the jobs. An error only if the
    // manager cannot be talked to any more.
    virtual result<std::vector<job_result>>
    run(std::vector<unit_job> const& jobs, time_point deadline,
        std::function<bool()> const& give_up) = 0;

    // Returns when the manager has taken it, which is before the program runs.
    virtual result<void> start_transient(transient_service const& what) = 0;

    // Runs a command with the properties of a unit and returns when it has ended, also when it
    // ended badly. It ends with the unit that this process is in. `give_up`, which may be empty, is
    // asked while it runs. An error: it could not be run.
    virtual result<command_end>
    run_command(unit_command const& what, std::function<bool()> const& give_up) = 0;

    // Returns when the manager has taken it. One of that name that runs already stays as it is, and
    // one that a soft reboot has stopped is started again; neither is an error. The service is run
    // again when it is killed, and is seen among the failed units when it fails.
    virtual result<void> start_timer(transient_timer const& what) = 0;

    // Returns when some unit changed its state, at the latest after `at_most`.
    virtual result<void> wait_for_event(milliseconds at_most) = 0;

    // Ends the connection; the next question makes it anew. For one who waits for something else:
    // systemd tells every connection of each change of a unit, at the expense of its own work.
    virtual void disconnect() = 0;
};

// The manager that is PID 1, over D-Bus: the system bus, or its private socket where no bus runs.
// Every call has a timeout. A connection that breaks while the manager re-executes itself is made
// anew once.
result<std::unique_ptr<systemd>> connect_systemd();

// The same, with a connection from when it is first asked something: for one who may have to ask
// nothing.
result<std::unique_ptr<systemd>> systemd_on_demand();

} // namespace dynix::host
