// The locks that programs hold while they change what runs.
#pragma once

#include "dynix/base/lock.hpp"
#include "dynix/host/clock.hpp"
#include "dynix/host/paths.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace dynix::host {

// Takes the lock on the file at `path` below the run folder, which `what` ("another dynix", "a
// NixOS switch") holds while it runs. `on_wait` is called once when there is a wait, with both
// names ("a NixOS switch, process 4711 '...'"). Errors: the folder belongs to another user, or the
// wait took longer than `patience`, which names the holder.
result<file_lock> take_program_lock(
    paths const& where, std::string const& path, std::string_view what, milliseconds patience,
    std::function<void(std::string const& whom)> const& on_wait);

} // namespace dynix::host
