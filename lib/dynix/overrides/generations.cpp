#include "dynix/overrides/generations.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/unique_fd.hpp"
#include "dynix/overrides/store.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace dynix::overrides {
namespace {

std::optional<std::int64_t> generation_number(std::string_view name) {
    std::int64_t number = 0;
    auto const* const last = name.data() + name.size();
    auto const [end, failed] = std::from_chars(name.data(), last, number);
    // Also no leading zero: one generation has one name.
    if (failed != std::errc() || end != last || name.starts_with('0') || number < 1 ||
        number > largest_number)
        return std::nullopt;
    return number;
}

// Of root, who works in the file of somebody else, the folder becomes theirs: else they could keep
// no generation any more. By its descriptor, since they may put something else in its place.
result<void> give_to_owner(std::string const& folder, struct stat const& file) {
    unique_fd const opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat now {};
    if (!opened || ::fstat(opened.get(), &now) != 0)
        return errno_error("look at", folder, errno);
    if (now.st_uid == 0 && ::fchown(opened.get(), file.st_uid, file.st_gid) != 0)
        return errno_error("set the owner of", folder, errno);
    return {};
}

// Makes the folder, or lets it be entered by those who can read the file and by nobody else: a
// generation keeps the mode that the file had when it was kept, which may have been a wider one.
result<void> prepare_folder(std::string const& folder, std::string const& file) {
    struct stat about {};
    if (::stat(file.c_str(), &about) != 0)
        return errno == ENOENT ? result<void>() : errno_error("look at", file, errno);
    if (::mkdir(folder.c_str(), S_IRWXU) == 0) {
        if (auto durable = sync_folder(folder_of(folder)); !durable)
            return durable.error();
    } else if (errno != EEXIST) {
        return errno_error("make the folder", folder, errno);
    }
    if (::geteuid() == 0 && about.st_uid != 0)
        if (auto given = give_to_owner(folder, about); !given)
            return given.error();
    auto const readers = about.st_mode & (S_IRGRP | S_IROTH);
    auto const wanted = S_IRWXU | readers | (readers >> 2);
    struct stat now {};
    if (::stat(folder.c_str(), &now) != 0 ||
        ((now.st_mode & 07777U) != wanted && ::chmod(folder.c_str(), wanted) != 0))
        return errno_error("set the mode of", folder, errno);
    return {};
}

} // namespace

result<std::string> generations_folder(std::string const& path) {
    auto resolved = resolve_links(path);
    if (!resolved)
        return resolved.error();
    return *resolved + ".generations";
}

result<std::vector<generation>> generations_of(std::string const& path) {
    auto const folder = generations_folder(path);
    if (!folder)
        return folder.error();
    std::unique_ptr<DIR, int (*)(DIR*)> const opened(::opendir(folder->c_str()), &::closedir);
    std::vector<generation> out;
    if (!opened && errno == ENOENT)
        return out;
    if (!opened)
        return errno_error("read the folder", *folder, errno);
    struct stat about {};
    if (::fstat(::dirfd(opened.get()), &about) != 0)
        return errno_error("look at", *folder, errno);
    // A return to a generation makes it the dynamic file, which root evaluates.
    if ((about.st_mode & S_IWOTH) != 0)
        return make_error(
            fmt::format("everybody can put a file into '{}'", *folder),
            fmt::format("look at what is there, then 'chmod o-w {}'", *folder));
    for (errno = 0; auto const* item = ::readdir(opened.get()); errno = 0)
        if (auto const number = generation_number(item->d_name))
            out.push_back({*number, fmt::format("{}/{}", *folder, *number)});
    if (errno != 0)
        return errno_error("read the folder", *folder, errno);
    std::sort(
        out.begin(), out.end(), [](auto const& a, auto const& b) { return a.number < b.number; });
    return out;
}

result<std::int64_t> keep_generation(std::string const& path, std::string_view text) {
    auto const resolved = resolve_links(path);
    if (!resolved)
        return resolved.error();
    auto const known = generations_of(*resolved);
    if (!known)
        return known.error();
    if (!known->empty())
        if (auto const newest = read_file_if_any(known->back().path);
            newest && *newest && **newest == text)
            return known->back().number;
    auto const number = known->empty() ? 1 : known->back().number + 1;
    auto const folder = *resolved + ".generations";
    if (auto prepared = prepare_folder(folder, *resolved); !prepared)
        return prepared.error();
    auto const kept = link_file(*resolved, fmt::format("{}/{}", folder, number));
    if (!kept || !*kept)
        ::rmdir(folder.c_str()); // when it was made for this one
    if (!kept)
        return kept.error();
    return *kept ? number : 0;
}

void forget_generation(std::string const& path, std::int64_t number) {
    auto const folder = generations_folder(path);
    if (!folder)
        return;
    auto const kept = fmt::format("{}/{}", *folder, number);
    std::error_code none;
    if (!std::filesystem::equivalent(path, kept, none) || none)
        return;
    // What stays does no harm: the next undo keeps the same bytes under the same number.
    ::unlink(kept.c_str());
    ::rmdir(folder->c_str()); // when it was made for this one
}

void prune_generations(std::string const& path) {
    auto const known = generations_of(path);
    if (!known || known->size() <= generations_kept)
        return;
    // What cannot be removed does no harm, and the next undo tries again.
    for (std::size_t i = 0; i < known->size() - generations_kept; ++i)
        ::unlink((*known)[i].path.c_str());
}

result<std::vector<kept_file>> read_generations(std::string const& path) {
    auto const known = generations_of(path);
    if (!known)
        return known.error();
    std::vector<kept_file> out;
    for (auto const& one : *known)
        out.push_back({one, load(one.path), std::nullopt});
    auto const present = load(path);
    for (std::size_t i = 0; i < out.size(); ++i) {
        auto const& next = i + 1 < out.size() ? out[i + 1].content : present;
        if (!next)
            continue;
        for (auto const& line : next->entries)
            if (line.generation == out[i].which.number)
                out[i].ended_by = line;
    }
    return out;
}

} // namespace dynix::overrides
