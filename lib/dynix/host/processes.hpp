// The processes of a unit, with the command line and environment they were started with.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/host/file_watch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dynix::host {

struct live_process {
    std::int64_t pid = 0;
    std::string exe{}; // the file it executes, empty when unknown
    std::vector<std::string> argv{};
    std::vector<std::string> environment{}; // "NAME=value"; empty when it cannot be read
    std::uint64_t start_ticks = 0;          // since boot, field 22 of /proc/PID/stat

    // Whether it surely was started before this time of CLOCK_MONOTONIC, in microseconds. Since
    // boot counts a suspended machine's sleep too (CLOCK_BOOTTIME), so after one "no" may be wrong.
    bool started_before(std::uint64_t usec) const;
};

struct unit_processes {
    std::vector<live_process> live{};
    // Processes that are there and that /proc does not show to us: those of another PID namespace,
    // or of other users where it is mounted with hidepid= (proc(5)).
    std::size_t hidden = 0;
};

enum class file_kind {
    regular,
    absent,
    other,      // a folder, a socket, a device, a link of a service's own, or too large
    unreadable, // not for us
};

struct seen_file {
    file_kind kind = file_kind::absent;
    std::string bytes{}; // of a regular one
};

// A file over this many bytes is not read: a credential has at most 1 MiB (systemd.exec(5)).
inline constexpr std::size_t largest_seen_file = std::size_t{1} << 20;

class processes {
  public:
    virtual ~processes() = default;

    // All processes of a control group and of the groups below it. One that ends meanwhile is left
    // out; a group that is not there has none.
    virtual result<unit_processes> in_group(std::string const& control_group) = 0;

    // The file that a process has at an absolute path, in its own mounts; of 0 the one that we
    // have, where links are followed.
    virtual seen_file file_seen_by(std::int64_t pid, std::string const& path) = 0;

    // Whether a process finds at an absolute path, in its own mounts and links, the very file that
    // we find there.
    virtual result<bool> sees_our_file(std::int64_t pid, std::string const& path) = 0;

    // file_watch.hpp
    virtual result<std::unique_ptr<file_watch>> watch(std::string const& path) = 0;
};

// Reads /proc and the cgroup file system (version 2, or systemd's own hierarchy of version 1).
// `root` is put before every path, for tests.
std::unique_ptr<processes> proc_processes(std::string root = {});

} // namespace dynix::host
