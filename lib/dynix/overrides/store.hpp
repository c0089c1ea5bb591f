// The dynamic file on disk: load it, and append to it as the only writer.
#pragma once

#include "dynix/base/lock.hpp"
#include "dynix/overrides/change.hpp"

#include <chrono>
#include <functional>

namespace dynix::overrides {

// The dynamic file at `path`; no file at all reads as one without entries. A link that leads to
// none is an error: what was there may be on a file system that is not mounted.
result<dynamic_file> load(std::string const& path);

// The same for who puts a file there: a link that leads to none reads as no file, too.
result<dynamic_file> load_to_write(std::string const& path);

// The lock of the only writer, an flock(2) on the folder of the real file, so it leaves no file
// behind.
result<file_lock> lock_dynamic_file(
    std::string const& path, std::chrono::milliseconds patience,
    std::function<void(std::string const& holder)> const& on_wait);

// Who changes the file, and how.
struct write_request {
    std::string path{}; // of the dynamic file
    std::string time{}; // UTC, "2026-11-23T01:33:00Z"
    std::string user{};
    std::string message{};
    bool dry_run = false;                                     // do everything but write
    std::chrono::milliseconds patience{30000};                // how long to wait for another writer
    std::function<void(std::string const& holder)> on_wait{}; // told once when there is a wait
};

struct append_request : write_request {
    change wanted{};
    ending ends{};
};

// Appends one entry: lock, read, splice, replace the file atomically and durably. Returns the entry
// as written.
result<entry> append(append_request const& request);

} // namespace dynix::overrides
