// Who opens a file, as the kernel reports it (fanotify(7)).
#pragma once

#include "dynix/base/result.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <string>

namespace dynix::host {

class file_watch {
  public:
    virtual ~file_watch() = default;

    // The processes that have opened the file since the watch began, by whatever path. One that is
    // in no PID namespace of ours is left out.
    virtual std::set<std::int64_t> readers() = 0;
};

// Watches the file that `path` leads to now, not what is put in its place later. Needs root; an
// error also where the kernel or the file system has no such reports.
result<std::unique_ptr<file_watch>> watch_file(std::string const& path);

} // namespace dynix::host
