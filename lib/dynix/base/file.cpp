#include "dynix/base/file.hpp"

#include "dynix/base/detail/file_io.hpp"
#include "dynix/base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <limits.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace dynix {
namespace {

constexpr char const* acl_name = "system.posix_acl_access";

// Gives the open file the access control list of the file at `path` (acl(5)), or none. The bytes of
// the extended attribute are the kernel's own, so they need no reading.
result<void> copy_acl(int to, std::string const& path) {
    std::vector<char> list(XATTR_SIZE_MAX);
    auto const size = ::getxattr(path.c_str(), acl_name, list.data(), list.size());
    if (size < 0 && errno != ENODATA && errno != ENOTSUP)
        return errno_error("read the access control list of", path, errno);
    // A folder's default list is already on the new file, and must not widen what the old one had.
    auto const done =
        size < 0 ? ::fremovexattr(to, acl_name)
                 : ::fsetxattr(to, acl_name, list.data(), static_cast<std::size_t>(size), 0);
    if (done != 0 && errno != ENODATA && errno != ENOTSUP)
        return errno_error("keep the access control list of", path, errno);
    return {};
}

// Gives the temporary file the owner, mode and access control list of the file it will replace.
result<void> dress_like(int temporary, std::string const& path) {
    struct stat old {};
    if (::stat(path.c_str(), &old) != 0) {
        if (errno != ENOENT)
            return errno_error("look at", path, errno);
        auto const mask = ::umask(0);
        ::umask(mask);
        if (::fchmod(temporary, 0644U & ~mask) != 0)
            return errno_error("set the mode of", path, errno);
        return {};
    }
    if (!S_ISREG(old.st_mode))
        return make_error(fmt::format("'{}' is not a regular file", path));
    struct stat now {};
    if (::fstat(temporary, &now) != 0)
        return errno_error("look at", path, errno);
    if ((now.st_uid != old.st_uid || now.st_gid != old.st_gid) &&
        ::fchown(temporary, old.st_uid, old.st_gid) != 0)
        return errno_error("keep the owner of", path, errno);
    if (auto copied = copy_acl(temporary, path); !copied)
        return copied.error();
    // With a list, the group's bits are its mask (acl(5)), so this changes nothing in it.
    if (::fchmod(temporary, old.st_mode & 07777) != 0)
        return errno_error("keep the mode of", path, errno);
    return {};
}

} // namespace

std::string folder_of(std::string const& path) {
    auto const slash = path.rfind('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

result<std::optional<std::string>> read_file_if_any(std::string const& path, std::uint64_t most) {
    // O_NONBLOCK: opening a FIFO nobody writes to must not hang before we can refuse it.
    unique_fd const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
        if (errno == ENOENT)
            return std::optional<std::string>();
        return errno_error("open", path, errno);
    }
    auto bytes = detail::read_regular(file.get(), path, most);
    if (!bytes)
        return bytes.error();
    return std::optional(std::move(*bytes));
}

result<std::string> read_file(std::string const& path, std::uint64_t most) {
    auto bytes = read_file_if_any(path, most);
    if (!bytes)
        return bytes.error();
    if (!*bytes)
        return errno_error("open", path, ENOENT);
    return std::move(**bytes);
}

result<std::string> read_standard_input(std::uint64_t most) {
    return detail::read_stream(STDIN_FILENO, "standard input", most);
}

result<std::string> resolve_links(std::string const& path) {
    auto current = path;
    // As many steps as the kernel itself takes before it says ELOOP (path_resolution(7)).
    for (int step = 0; step < 40; ++step) {
        std::array<char, PATH_MAX> target{};
        auto const size = ::readlink(current.c_str(), target.data(), target.size());
        if (size < 0) {
            if (errno == EINVAL || errno == ENOENT)
                return current;
            return errno_error("look at", current, errno);
        }
        std::string const link(target.data(), static_cast<std::size_t>(size));
        current = link.starts_with('/') ? link : folder_of(current).append(1, '/').append(link);
    }
    return errno_error("follow", path, ELOOP);
}

result<void> replace_file(std::string const& path, std::string_view bytes) {
    auto const resolved = resolve_links(path);
    if (!resolved)
        return resolved.error();
    auto const folder = folder_of(*resolved);
    unique_fd const opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened)
        return errno_error("create a file in", folder, errno);
    return detail::exchange_file(
        opened.get(), resolved->substr(resolved->rfind('/') + 1), *resolved, bytes,
        [&](int file) { return dress_like(file, *resolved); });
}

result<void> sync_folder(std::string const& folder) {
    unique_fd const opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.get()) != 0)
        return errno_error("make durable the folder", folder, errno);
    return {};
}

result<bool> link_file(std::string const& path, std::string const& name) {
    if (::link(path.c_str(), name.c_str()) != 0) {
        auto const code = errno;
        if (code == ENOENT)
            return false;
        return code == EXDEV ? detail::is_mount_point("link to", path)
                             : errno_error("create the link", name, code);
    }
    if (auto durable = sync_folder(folder_of(name)); !durable)
        return durable.error();
    return true;
}

bool is_public(std::string const& path) {
    std::error_code failed;
    std::filesystem::path here = std::filesystem::canonical(path, failed);
    struct stat about {};
    if (failed || ::stat(here.c_str(), &about) != 0 || (about.st_mode & S_IROTH) == 0 ||
        ::getxattr(here.c_str(), acl_name, nullptr, 0) > 0)
        return false;
    while (here != here.root_path()) {
        here = here.parent_path();
        if (::stat(here.c_str(), &about) != 0 || (about.st_mode & S_IXOTH) == 0)
            return false;
    }
    return true;
}

} // namespace dynix
