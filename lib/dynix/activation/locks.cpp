#include "dynix/activation/locks.hpp"

#include "dynix/host/program_lock.hpp"

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
    held_locks held;
    auto ours = take(where, where.lock(), "another dynix", patience, progress);
    if (!ours)
        return ours.error();
    held.ours = std::move(*ours);
    if (!of_switch_too)
        return held;
    auto theirs = take(where, where.switch_lock(), "a NixOS switch", patience, progress);
    if (!theirs)
        return theirs.error();
    held.of_switch = std::move(*theirs);
    return held;
}

result<void> check_root() {
    if (::geteuid() != 0)
        return make_error("only root can change units", "run the command as root");
    return {};
}

} // namespace dynix::activation
