// One writer at a time, between processes, with a name for the one who is in.
#pragma once

#include "dynix/base/result.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace dynix {

// An flock(2) on a file, held until destruction. The kernel releases it when the process dies, so
// there is no stale lock. The file's content names the holder for people: "pid command since".
class file_lock {
  public:
    // Waits up to `patience` for the lock on `path`, creating the file (0644) if needed. `on_wait`
    // is called once with the holder's name when there is a wait. Out of patience: an error that
    // names the holder.
    static result<file_lock> acquire(
        std::string const& path, std::chrono::milliseconds patience,
        std::function<void(std::string const& holder)> const& on_wait = {});

    file_lock(file_lock&& other) noexcept;
    file_lock& operator=(file_lock&& other) noexcept;
    file_lock(file_lock const&) = delete;
    file_lock& operator=(file_lock const&) = delete;
    ~file_lock();

  private:
    explicit file_lock(int descriptor);
    int descriptor_;
};

} // namespace dynix
