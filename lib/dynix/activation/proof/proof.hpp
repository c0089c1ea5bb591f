// Whether the live processes of a unit run what was planned.
#pragma once

#include "dynix/host/processes.hpp"
#include "dynix/host/systemd.hpp"
#include "dynix/units/unit_file.hpp"

#include <string>
#include <vector>

namespace dynix::activation {

enum class verdict {
    proven,       // a live process has the planned command line and environment
    not_provable, // nothing contradicts it, but no process can show it (a oneshot that ended, a
                  // process that has overwritten its command line or environment, or is hidden)
    contradicted, // something else runs
};

struct proof {
    verdict outcome = verdict::contradicted;
    std::vector<std::string> wanted{}; // for a contradiction: what was planned ...
    std::vector<std::string> live{};   // ... and what was found, line by line
    std::vector<std::string> notes{};  // what was tolerated, and why it is not provable
    // Processes of the unit that are older than its run, as KillMode=process leaves them:
    // "process 4711 '/bin/worker --jobs 4'".
    std::vector<std::string> left_over{};
    // Credentials whose file has something else than when the unit started
    // (proof_credentials.hpp).
    std::vector<std::string> outdated{};
    // The contradiction is that no process has the planned command line.
    bool no_such_command = false;

    std::string show() const; // "wanted=... live=..."

    // Makes a contradiction one that proves nothing, for this reason.
    void now_not_provable(std::string why);
};

// Whether some process of a unit has the command line of its unit. One whose start program becomes
// another (exec in a script) never has.
enum class command_shown {
    yes,
    no,
    unknown, // it does not run
};

// The rules, for a service with planned text `wanted`, which ran `before` until now:
// 1. The manager has loaded the files (NeedDaemonReload is no), `invocation_before`, when given, is
//    not the unit's invocation any more, and the unit has not failed.
// 2. A process that is older than this run of the unit, or than its main process, is left over from
//    an earlier run: it is named and shows nothing.
// 3. The main process has the planned argv: exactly, or behind an interpreter. If it has neither
//    that one nor the one of `before`, it may be a wrapper, and any other process of the run may
//    have it. A process that has overwritten its command line (setproctitle) has it when that text
//    contains it; another such process of the planned program shows nothing: not provable.
// 4. That process has every Environment= assignment that differs between `before` and `wanted`. It
//    is contradicted by the value of before, and by a new variable that is not there; any other
//    value was set by somebody else, so the change is not provable. Neither is it by any value that
//    EnvironmentFile= may have set after it. Tolerated with a note: a list that has the
//    planned value, as wrappers leave it that put something before or behind. A planned assignment
//    that did not change and differs live is a wrapper's doing, or that of EnvironmentFile=: noted.
// 5. A variable that `before` sets and `wanted` does not must not have its old value. Where
//    EnvironmentFile= or PassEnvironment= may have brought it, the change is not provable.
// 6. That a variable is not there is known only of an environment that is the one systemd gave:
//    nothing in it is overwritten, and it has INVOCATION_ID (systemd.exec(5)).
// 7. What hidden processes have is not known: not provable, unless the main process is seen.
// Units of other kinds have no processes of their own: rule 1 is all there is.
proof prove(
    units::unit_file const& wanted, units::unit_file const& before, host::unit_status const& status,
    host::unit_processes const& in_group, std::string const& invocation_before);

} // namespace dynix::activation
