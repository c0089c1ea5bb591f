// Read a file, and replace one so that a reader or a crash sees the old bytes or the new ones.
#pragma once

#include "dynix/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dynix {

// The largest file read_file takes; positions in a text are 32-bit offsets.
inline constexpr std::uint64_t largest_file = 1ULL << 30;

// The bytes of a regular file. A directory, a device or a file over `most` bytes is an error that
// says so. For every function here the name "-" is that of a file: what takes it for standard input
// is the command line of a program.
result<std::string> read_file(std::string const& path, std::uint64_t most = largest_file);

// As read_file, but no file at all is no error: nullopt.
result<std::optional<std::string>>
read_file_if_any(std::string const& path, std::uint64_t most = largest_file);

// What `parse`, a function of the text, makes of a file that may be missing (read_file_if_any);
// nullopt of no file at all.
template <class Parse>
auto parse_if_any(result<std::optional<std::string>> const& text, Parse const& parse)
    -> result<std::optional<typename decltype(parse(**text))::value_type>> {
    using parsed = std::optional<typename decltype(parse(**text))::value_type>;
    if (!text)
        return text.error();
    if (!*text)
        return parsed();
    auto value = parse(**text);
    if (!value)
        return value.error();
    return parsed(std::move(*value));
}

// All that comes from standard input.
result<std::string> read_standard_input(std::uint64_t most = largest_file);

// Replaces `path` with `bytes`, atomically and durably: a temporary file in the same folder, fsync,
// rename(2), fsync of the folder. Owner, mode and access control list of an existing file are kept,
// a new one gets 0644 less the umask; a symbolic link is followed, so that the link stays and its
// target is replaced.
// To learn the umask it sets it for a moment, for all threads.
// On failure the old file is as it was and the temporary file is gone. The temporary file has one
// name ('.NAME.new'), so two writers of one path must hold a lock (lock.hpp).
result<void> replace_file(std::string const& path, std::string_view bytes);

// Gives the file at `path` the further name `name` with link(2), durably: owner, mode, times and
// bytes are one for both, and stay with `name` when `path` is replaced. False when there is no file
// at `path`; a `name` that is taken is an error.
result<bool> link_file(std::string const& path, std::string const& name);

// Makes what was done to names in a folder survive a crash.
result<void> sync_folder(std::string const& folder);

// Whether everybody can read the file: by its mode, by those of the folders that lead to it, and
// with no access control list, which might except somebody. False for a file that is not there.
bool is_public(std::string const& path);

// The file that `path` names in the end: symbolic links followed, also a dangling last one, so that
// a lock or a temporary file stands beside the real file.
result<std::string> resolve_links(std::string const& path);

// The folder that `path` stands in: "." for a bare name.
std::string folder_of(std::string const& path);

} // namespace dynix
