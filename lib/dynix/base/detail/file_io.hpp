// What file and owned_folder share: whole files by descriptor, and one exchanged for another.
#pragma once

#include "dynix/base/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace dynix::detail {

// Everything that can be read from `from`, an open regular file or standard input; `path` is its
// name for messages. A folder, a device, a FIFO or more than `most` bytes is an error.
result<std::string> read_regular(int from, std::string const& path, std::uint64_t most);
result<std::string> read_stream(int from, std::string const& path, std::uint64_t most);

// The name that a file has in its folder until it takes the place of `name`: one fixed name, so
// that what a killed writer left behind is cleared by the next one.
std::string temporary_name(std::string_view name);

// Only what stands in a folder can be replaced there, or get a further name beside it: rename(2)
// says EBUSY of a mount point, link(2) EXDEV, since its folder is on another mount. The error says
// what was not to be done, and what helps.
error is_mount_point(std::string_view doing, std::string const& path);

// Puts `bytes` in the place of `name` in the open folder: a temporary file, fsync, rename(2), fsync
// of the folder. The temporary file belongs to nobody else (0600) until `dress` has given the open
// file its owner and mode. `path` is the whole name for messages.
result<void> exchange_file(
    int folder, std::string const& name, std::string const& path, std::string_view bytes,
    std::function<result<void>(int)> const& dress);

} // namespace dynix::detail
