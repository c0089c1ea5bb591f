#include "dynix/base/owned_folder.hpp"

#include "dynix/base/detail/file_io.hpp"
#include "dynix/base/file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace dynix {
namespace {

constexpr mode_t folder_mode = 0755;

// Whether members of the file's group are the caller, or root.
bool is_own_group(struct stat const& about) {
    return about.st_gid == 0 || (::geteuid() != 0 && about.st_gid == ::getegid());
}

// Refuses what somebody else can change, or could have put there.
result<void> check_owner(struct stat const& about, std::string const& path) {
    if (about.st_uid != 0 && about.st_uid != ::geteuid())
        return make_error(
            fmt::format("'{}' belongs to user {}, expected root", path, about.st_uid),
            "find out who made it, then remove it");
    if ((about.st_mode & S_IWOTH) != 0 || ((about.st_mode & S_IWGRP) != 0 && !is_own_group(about)))
        return make_error(
            fmt::format(
                "'{}' can be changed by others than its owner (mode {:04o})", path,
                about.st_mode & 07777U),
            fmt::format("look at what is there, then 'chmod go-w {}'", path));
    return {};
}

// Why a name could not be opened: openat(2) has no error of its own for a link (ENOTDIR, ELOOP).
error not_opened(int at, std::string const& name, std::string const& path, int why) {
    struct stat about {};
    if (::fstatat(at, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(about.st_mode))
        return make_error(
            fmt::format("'{}' is a symbolic link, and is not followed", path),
            "find out who made it, then remove it");
    auto what = errno_error("open", path, why);
    if (why == ENOTDIR)
        what.hint = "find out who made it, then remove it";
    return what;
}

// Why a name could not be removed, or taken by a file.
error not_replaced(std::string_view doing, std::string const& path, int why) {
    auto what = errno_error(doing, path, why);
    if (why == EISDIR)
        what.hint =
            "a folder stands in the place of the file: find out who made it, then remove it";
    return what;
}

// Makes a folder and those above it that are missing, with the mode of step_into.
result<void> make_folders(std::string const& path) {
    if (::mkdir(path.c_str(), folder_mode) != 0) {
        if (errno == EEXIST)
            return {};
        if (errno != ENOENT || folder_of(path) == path)
            return errno_error("make the folder", path, errno);
        if (auto above = make_folders(folder_of(path)); !above)
            return above;
        if (::mkdir(path.c_str(), folder_mode) != 0)
            return errno_error("make the folder", path, errno);
    }
    if (::chmod(path.c_str(), folder_mode) != 0)
        return errno_error("set the mode of", path, errno);
    return {};
}

// The folder `name` in the folder `at`; an invalid descriptor when it is not there.
result<unique_fd> step_into(int at, std::string const& name, std::string const& path, bool make) {
    bool const made = make && ::mkdirat(at, name.c_str(), folder_mode) == 0;
    if (make && !made && errno != EEXIST)
        return errno_error("make the folder", path, errno);
    unique_fd opened(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!opened && errno == ENOENT && !make)
        return opened;
    if (!opened)
        return not_opened(at, name, path, errno);
    struct stat about {};
    if (::fstat(opened.get(), &about) != 0)
        return errno_error("look at", path, errno);
    if (auto good = check_owner(about, path); !good)
        return good.error();
    if (made && ::fchmod(opened.get(), folder_mode) != 0)
        return errno_error("set the mode of", path, errno);
    return opened;
}

// An invalid descriptor when a folder on the way is not there.
result<unique_fd> walk(std::string const& top, std::string const& path, bool make) {
    if (make)
        if (auto made = make_folders(top); !made)
            return made.error();
    unique_fd at(::open(top.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!at && errno == ENOENT)
        return at;
    if (!at)
        return errno_error("open", top, errno);
    for (auto begin = top.size(); at && begin < path.size();) {
        auto const end = std::min(path.find('/', begin + 1), path.size());
        auto next =
            step_into(at.get(), path.substr(begin + 1, end - begin - 1), path.substr(0, end), make);
        if (!next)
            return next.error();
        at = std::move(*next);
        begin = end;
    }
    return at;
}

} // namespace

owned_folder::owned_folder(unique_fd opened, std::string path)
    : folder_(std::move(opened)), path_(std::move(path)) {}

std::string owned_folder::path_of(std::string const& name) const {
    return path_ + '/' + name;
}

result<std::optional<owned_folder>>
owned_folder::open(std::string const& top, std::string const& path) {
    auto opened = walk(top, path, false);
    if (!opened)
        return opened.error();
    if (!*opened)
        return std::optional<owned_folder>();
    return std::optional(owned_folder(std::move(*opened), path));
}

result<owned_folder> owned_folder::make(std::string const& top, std::string const& path) {
    auto opened = walk(top, path, true);
    if (!opened)
        return opened.error();
    return owned_folder(std::move(*opened), path);
}

result<std::optional<std::string>>
owned_folder::read(std::string const& name, std::uint64_t most) const {
    auto const path = path_of(name);
    // O_NONBLOCK: opening a FIFO nobody writes to must not hang before it can be refused.
    unique_fd const file(
        ::openat(folder_.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file && errno == ENOENT)
        return std::optional<std::string>();
    if (!file)
        return not_opened(folder_.get(), name, path, errno);
    struct stat about {};
    if (::fstat(file.get(), &about) != 0)
        return errno_error("look at", path, errno);
    if (auto good = check_owner(about, path); !good)
        return good.error();
    auto bytes = detail::read_regular(file.get(), path, most);
    if (!bytes) {
        auto why = bytes.error();
        if (!S_ISREG(about.st_mode))
            why.hint = "find out who made it, then remove it";
        return why;
    }
    return std::optional(std::move(*bytes));
}

result<void>
owned_folder::replace(std::string const& name, std::string_view bytes, unsigned mode) const {
    auto const path = path_of(name);
    struct stat about {};
    if (::fstatat(folder_.get(), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(about.st_mode))
        return not_replaced("replace", path, EISDIR);
    return detail::exchange_file(folder_.get(), name, path, bytes, [&](int file) -> result<void> {
        if (::fchmod(file, mode) != 0)
            return errno_error("set the mode of", path, errno);
        return {};
    });
}

result<void> owned_folder::link(std::string const& target, std::string const& name) const {
    std::array<char, PATH_MAX> now{};
    auto const size = ::readlinkat(folder_.get(), name.c_str(), now.data(), now.size());
    if (size >= 0 && std::string_view(now.data(), static_cast<std::size_t>(size)) == target)
        return {};
    auto const temporary = detail::temporary_name(name);
    ::unlinkat(folder_.get(), temporary.c_str(), 0);
    if (::symlinkat(target.c_str(), folder_.get(), temporary.c_str()) != 0)
        return errno_error("make the link", path_of(name), errno);
    if (::renameat(folder_.get(), temporary.c_str(), folder_.get(), name.c_str()) != 0) {
        auto const why = errno;
        ::unlinkat(folder_.get(), temporary.c_str(), 0);
        return not_replaced("replace", path_of(name), why);
    }
    return {};
}

result<void> owned_folder::remove(std::string const& name) const {
    ::unlinkat(folder_.get(), detail::temporary_name(name).c_str(), 0);
    if (::unlinkat(folder_.get(), name.c_str(), 0) == 0)
        return {};
    auto const why = errno;
    return has(name) ? not_replaced("remove", path_of(name), why) : result<void>();
}

result<bool> owned_folder::rename(std::string const& name, std::string const& to) const {
    if (::renameat(folder_.get(), name.c_str(), folder_.get(), to.c_str()) == 0)
        return true;
    auto const why = errno;
    return has(name) ? errno_error("rename", path_of(name), why) : result<bool>(false);
}

// A file system that is read-only refuses to remove or to rename also what is not there.
bool owned_folder::has(std::string const& name) const {
    struct stat found {};
    return ::fstatat(folder_.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 ||
           errno != ENOENT;
}

} // namespace dynix
