#include "dynix/activation/locks.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/owned_folder.hpp"

#include <fmt/format.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace dynix::activation {
namespace {

result<file_lock> take(
    host::paths const& where, std::string const& path, std::string_view what,
    host::milliseconds patience, phases& progress) {
    // Who could exchange the file could hold another one than ours.
    if (auto const folder = owned_folder::make(where.run(), folder_of(path)); !folder)
        return folder.error();
    std::string waited_for;
    auto lock = file_lock::acquire(path, patience, [&](std::string const& holder) {
        waited_for = holder;
        progress.wait_for(fmt::format("{}, {}", what, holder));
    });
    progress.end_wait();
    if (lock || waited_for.empty())
        return lock;
    return make_error(
        fmt::format("{} is running: {} holds '{}'", what, waited_for, path),
        "wait until it has ended, then run the command again");
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
