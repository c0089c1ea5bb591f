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
                  // process that has overwritten its own command line)
    contradicted, // something else runs
};

struct proof {
    verdict outcome = verdict::contradicted;
    std::vector<std::string> wanted{}; // for a contradiction: what was planned ...
    std::vector<std::string> live{};   // ... and what was found, line by line
    std::vector<std::string> notes{};  // what was tolerated, and why it is not provable
    // The contradiction is that no process has the planned command line.
    bool no_such_command = false;

    std::string show() const; // "wanted=... live=..."
};

// Whether some process of a unit has the command line of its unit. One whose start program becomes
// another (exec in a script) never has.
enum class command_shown {
    yes,
    no,
    unknown, // it does not run
};

// The rules, for a service with planned text `wanted`, which ran `before` until now:
// 1. The manager has loaded the files (NeedDaemonReload is no), and `invocation_before`, when
// given,
//    is not the unit's invocation any more.
// 2. Some process of the unit's control group has the planned argv: exactly, or behind an
//    interpreter. A wrapper may be the main process, so all processes count. A process that has
//    overwritten its command line with one text (setproctitle) has it when that text contains it;
//    another such process of the planned program shows nothing, which is not provable.
// 3. That process has every Environment= assignment that differs between `before` and `wanted`.
//    Tolerated with a note: a value that EnvironmentFile= may have set after it, and one that
//    contains the planned value and is not the one of before, as wrappers leave it that put
//    something around it. A planned
//    assignment that did not change and differs live is a wrapper's doing: noted.
// 4. A variable that `before` sets and `wanted` does not must not have its old value, unless
//    EnvironmentFile= or PassEnvironment= may have brought it.
// Units of other kinds have no processes of their own: rule 1 is all there is.
proof prove(
    units::unit_file const& wanted, units::unit_file const& before, host::unit_status const& status,
    std::vector<host::live_process> const& live, std::string const& invocation_before);

} // namespace dynix::activation
