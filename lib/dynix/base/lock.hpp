// One writer at a time, between processes, with a name for the one who is in.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/base/unique_fd.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace dynix {

// An flock(2) on a file or a folder, held until destruction. The kernel releases it when the
// process dies, so there is no stale lock. Between the threads of one process it locks as well.
class file_lock {
  public:
    // Waits up to `patience` for the lock on `path`: a folder, or a file that is created when
    // there is none, and that only its owner can open (0600). A link is not followed. `on_wait` is
    // called once with the holder when there is a wait, such as "process 4711 'dynix append a.b
    // 1'", which /proc/locks tells. Out of patience: an error that names the holder.
    static result<file_lock> acquire(
        std::string const& path, std::chrono::milliseconds patience,
        std::function<void(std::string const& holder)> const& on_wait = {});

    // Who holds the lock on `path` now, in the same words; nullopt when nobody does, or /proc/locks
    // does not show it. Takes no lock itself, so it is in nobody's way.
    static std::optional<std::string> holder(std::string const& path);

  private:
    explicit file_lock(unique_fd opened) : opened_(std::move(opened)) {}
    unique_fd opened_;
};

} // namespace dynix
