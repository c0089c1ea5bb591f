#include "dynix/overrides/store.hpp"

#include "dynix/base/file.hpp"

#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace dynix::overrides {
namespace {

constexpr auto elsewhere = "let 'dynamicism.dynamicFile' be a file that can be written, such as "
                           "\"/var/lib/dynix/dynamic.nix\", or name another one with --file";

// Of a file that nobody can change, though root is not refused everywhere.
result<void> check_changeable(std::string const& path, std::string const& resolved) {
    constexpr std::string_view store = "/nix/store/";
    auto const folder = folder_of(resolved);
    std::error_code none;
    auto const real = std::filesystem::weakly_canonical(folder, none);
    if ((real.string() + '/').starts_with(store))
        return make_error(
            fmt::format("'{}' is in the Nix store, where no file changes", path), elsewhere);
    for (auto const& it : {folder, resolved}) {
        if (::access(it.c_str(), W_OK) == 0)
            continue;
        if (errno == EROFS) {
            auto failed = errno_error(it == folder ? "create a file in" : "replace", it, EROFS);
            failed.hint = elsewhere;
            return failed;
        }
        // access(2) says so of no other file.
        if (errno == EPERM)
            return make_error(
                fmt::format("'{}' is immutable, so that '{}' cannot be changed", it, path),
                fmt::format("'chattr -i {}', or {}", it, elsewhere));
    }
    return {};
}

result<entry> append_locked(append_request const& request) {
    auto file = load_to_write(request.path);
    if (!file)
        return file.error();
    auto made = make_overrides(*file, request.wanted);
    if (!made)
        return made.error();
    auto added = make_entry(*file, std::move(*made), request.time, request.user, request.message);
    if (added)
        added->ends = request.ends;
    if (!added)
        return added;
    auto const text = splice_entry(*file, *added);
    // Such as brackets in brackets, of which there would be one too many.
    if (auto read = read_dynamic_file(text, request.path); !read) {
        auto unreadable = read.error();
        unreadable.hint = "that is the file with this entry, which is not written";
        return unreadable;
    }
    if (request.dry_run)
        return added;
    if (auto written = replace_file(request.path, text); !written)
        return written.error();
    return added;
}

} // namespace

result<dynamic_file> load(std::string const& path) {
    auto file = load_to_write(path);
    if (!file || ::access(path.c_str(), F_OK) == 0 || errno != ENOENT)
        return file;
    auto const resolved = resolve_links(path);
    if (!resolved || *resolved == path)
        return file;
    return make_error(
        fmt::format("'{}' is a link to '{}', which is not there", path, *resolved),
        "mount what it was on, or take the link away: without it there are no overrides");
}

result<dynamic_file> load_to_write(std::string const& path) {
    auto text = read_file_if_any(path);
    if (!text)
        return text.error();
    if (!*text)
        return read_dynamic_file(std::string(text_without_entries()), path);
    return read_dynamic_file(std::move(**text), path);
}

result<file_lock> lock_dynamic_file(
    std::string const& path, std::chrono::milliseconds patience,
    std::function<void(std::string const& holder)> const& on_wait) {
    auto const resolved = resolve_links(path);
    if (!resolved)
        return resolved.error();
    if (auto changeable = check_changeable(path, *resolved); !changeable)
        return changeable.error();
    auto const folder = folder_of(*resolved);
    if (::access(folder.c_str(), F_OK) != 0 && errno == ENOENT)
        return make_error(
            fmt::format("there is no folder '{}' for the dynamic file", folder),
            "make it first, or name another file");
    return file_lock::acquire(folder + '/', patience, on_wait);
}

result<entry> append(append_request const& request) {
    if (request.dry_run)
        return append_locked(request);
    auto const lock = lock_dynamic_file(request.path, request.patience, request.on_wait);
    if (!lock)
        return lock.error();
    return append_locked(request);
}

} // namespace dynix::overrides
