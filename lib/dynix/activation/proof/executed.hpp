// When the processes of a unit say something about it: not before systemd has executed its command.
// A simple service counts as started before that (systemd.service(5), Type=), an idle one seconds
// before. Until then its process has the command line, the environment and the mounts of systemd.
#pragma once

#include "dynix/host/machine.hpp"

#include <chrono>

namespace dynix::activation {

// How long to wait for that at most: an idle service has its command executed after six seconds, a
// simple one at once, where the machine has time for it.
inline constexpr auto execution_patience = std::chrono::seconds(30);
inline constexpr auto execution_interval = host::milliseconds(5);

// Whether systemd has still to execute the command of a unit that runs: the main process is its own
// executor, or in the middle of an execve(2).
bool is_starting(host::unit_status const& status, host::unit_processes const& processes);

// The processes of a unit, as soon as it is not starting any more; at last as they are.
result<host::unit_processes>
executed_processes(host::unit_status const& status, host::machine& host);

} // namespace dynix::activation
