#include "dynix/activation/locks.hpp"

#include "dynix/host/program_lock.hpp"

#include <chrono>
#include <string>
#include <unistd.h>
#include <utility>

namespace dynix::activation {
namespace {

result<file_lock> take(
    host::paths const& where, std::string const& path, std::string_view what,
    host::milliseconds patience, phases& progress) {
    auto lock = host::take_program_lock(
        where, path, what, patience, [&](std::string const& whom) { progress.wait_for(whom); });
    progress.end_wait();
    return lock;
}

} // namespace

result<held_locks> take_locks(
    host::paths const& where, bool of_switch_too, host::milliseconds patience, phases& progress) {
    using clock = std::chrono::steady_clock;
    auto const deadline = clock::now() + patience;
    for (;;) {
        held_locks held;
        auto ours = take(where, where.lock(), "another dynix", patience, progress);
        if (!ours)
            return ours.error();
        held.ours = std::move(*ours);
        if (!of_switch_too)
            return held;
        auto const of_switch = [&](host::milliseconds at_most) {
            return take(where, where.switch_lock(), "a NixOS switch", at_most, progress);
        };
        auto theirs = of_switch(host::milliseconds(0));
        if (theirs) {
            held.of_switch = std::move(*theirs);
            return held;
        }
        auto const left = std::chrono::ceil<host::milliseconds>(deadline - clock::now());
        if (left.count() <= 0)
            return theirs.error();
        // A switch waits for ours, to take overrides back and to apply them again.
        held.ours.reset();
        if (auto const ended = of_switch(left); !ended)
            return ended.error();
    }
}

result<void> check_root() {
    if (::geteuid() != 0)
        return make_error("only root can change units", "run the command as root");
    return {};
}

} // namespace dynix::activation
