// Runs programs: the interface, so that tests need none.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/process/command.hpp"

#include <memory>
#include <string>

namespace dynix::process {

class runner {
  public:
    virtual ~runner() = default;

    // Runs it to its end. A child that fails or is killed is an outcome; the error says why none
    // could be started.
    virtual result<outcome> run(command const& what) = 0;
};

// Runs real programs. The child has no stdin, does not ignore SIGPIPE, which a program that knows
// nothing of us relies on, also where we do, and is the leader of its own process group, so that a
// timeout ends its children too. Ctrl-C, SIGTERM and SIGHUP that reach us while it runs are passed
// on to that group (a terminal signals only its foreground group, which the child is not in). When
// we are killed with SIGKILL, the child itself gets SIGTERM (prctl(2), PR_SET_PDEATHSIG).
// Signals are those of the whole process: one run at a time in it.
std::unique_ptr<runner> make_runner();

// The path of an executable file: `name` itself when it has a '/', else the first one in PATH.
result<std::string> find_program(std::string const& name);

} // namespace dynix::process
