#include "dynix/host/program_lock.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/owned_folder.hpp"

#include <fmt/format.h>

namespace dynix::host {

result<file_lock> take_program_lock(
    paths const& where, std::string const& path, std::string_view what, milliseconds patience,
    std::function<void(std::string const& whom)> const& on_wait) {
    // Who could exchange the file could hold another one than ours.
    if (auto const folder = owned_folder::make(where.run(), folder_of(path)); !folder)
        return folder.error();
    std::string waited_for;
    auto lock = file_lock::acquire(path, patience, [&](std::string const& holder) {
        waited_for = holder;
        if (on_wait)
            on_wait(fmt::format("{}, {}", what, holder));
    });
    if (lock || waited_for.empty())
        return lock;
    return make_error(
        fmt::format("{} is running: {} holds '{}'", what, waited_for, path),
        "wait until it has ended, then run the command again");
}

} // namespace dynix::host
