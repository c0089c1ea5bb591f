#include "dynix/activation/proof/executed.hpp"

#include <algorithm>
#include <string_view>

namespace dynix::activation {
namespace {

bool is_of_systemd(std::string_view exe) {
    // Of a systemd that was updated since.
    constexpr std::string_view deleted = " (deleted)";
    if (exe.ends_with(deleted))
        exe.remove_suffix(deleted.size());
    return exe.ends_with("/systemd-executor") || exe.ends_with("/systemd");
}

// The kernel has exchanged the program, and not yet put the words on the new stack. The environment
// may be there already: it is read last. An overwritten command line shows zeros at least.
bool is_between(host::live_process const& one) {
    return !one.exe.empty() && one.argv.empty();
}

} // namespace

bool is_starting(host::unit_status const& status, host::unit_processes const& processes) {
    // What else there is of systemd's stays: the process that waits for the end of a PAM session.
    auto const is_main = [&](host::live_process const& one) {
        return status.main_pid == 0 || one.pid == status.main_pid;
    };
    return status.active() && !status.frozen &&
           std::any_of(
               processes.live.begin(), processes.live.end(), [&](host::live_process const& one) {
                   return is_main(one) && (is_of_systemd(one.exe) || is_between(one));
               });
}

result<host::unit_processes>
executed_processes(host::unit_status const& status, host::machine& host) {
    auto const deadline = host.time.now() + execution_patience;
    for (;;) {
        auto found = host.live.in_group(status.control_group);
        if (!found || !is_starting(status, *found) || host.time.now() >= deadline)
            return found;
        if (auto waited = host.units.wait_for_event(execution_interval); !waited)
            return waited.error();
    }
}

} // namespace dynix::activation
