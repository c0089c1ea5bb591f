#include "dynix/base/file.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace dynix {
namespace {

// A file descriptor that is closed when it goes out of scope.
class descriptor {
  public:
    explicit descriptor(int number) : number_(number) {}
    descriptor(descriptor const&) = delete;
    descriptor& operator=(descriptor const&) = delete;
    ~descriptor() {
        if (number_ >= 0)
            ::close(number_);
    }
    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

  private:
    int number_;
};

error too_large(std::string const& path, std::uint64_t most) {
    return fault(fmt::format("'{}' is larger than {} bytes", path, most));
}

result<std::string>
read_all(int from, std::string const& path, std::size_t expected, std::uint64_t most) {
    std::string bytes;
    // One byte more than expected, so that the end of the file shows in the first read.
    std::size_t filled = 0;
    bytes.resize(expected + 1);
    for (;;) {
        auto const got = ::read(from, bytes.data() + filled, bytes.size() - filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return system_fault("read", path, errno);
        if (got == 0)
            break;
        filled += static_cast<std::size_t>(got);
        if (filled > most)
            return too_large(path, most);
        if (filled == bytes.size())
            bytes.resize(bytes.size() * 2 + 4096);
    }
    bytes.resize(filled);
    return bytes;
}

result<void> write_all(int to, std::string const& path, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const written = ::write(to, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return system_fault("write", path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

// Gives the temporary file the owner and mode of the file it will replace.
result<void> dress_like(int temporary, std::string const& path) {
    struct stat old {};
    if (::stat(path.c_str(), &old) != 0) {
        if (errno != ENOENT)
            return system_fault("look at", path, errno);
        auto const mask = ::umask(0);
        ::umask(mask);
        if (::fchmod(temporary, 0644U & ~mask) != 0)
            return system_fault("set the mode of", path, errno);
        return {};
    }
    if (!S_ISREG(old.st_mode))
        return fault(fmt::format("'{}' is not a regular file", path));
    struct stat now {};
    if (::fstat(temporary, &now) != 0)
        return system_fault("look at", path, errno);
    if ((now.st_uid != old.st_uid || now.st_gid != old.st_gid) &&
        ::fchown(temporary, old.st_uid, old.st_gid) != 0)
        return system_fault("keep the owner of", path, errno);
    if (::fchmod(temporary, old.st_mode & 07777) != 0)
        return system_fault("keep the mode of", path, errno);
    return {};
}

result<void> sync_folder(std::string const& folder) {
    descriptor const opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.get()) != 0)
        return system_fault("make durable the folder", folder, errno);
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
    if (path == "-") {
        auto bytes = read_all(STDIN_FILENO, "standard input", 64 * 1024, most);
        if (!bytes)
            return bytes.error();
        return std::optional(std::move(*bytes));
    }
    // O_NONBLOCK: opening a FIFO nobody writes to must not hang before we can refuse it.
    descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
        if (errno == ENOENT)
            return std::optional<std::string>();
        return system_fault("open", path, errno);
    }
    struct stat about {};
    if (::fstat(file.get(), &about) != 0)
        return system_fault("look at", path, errno);
    if (S_ISDIR(about.st_mode))
        return fault(fmt::format("'{}' is a directory, expected a file", path));
    if (!S_ISREG(about.st_mode))
        return fault(fmt::format("'{}' is not a regular file", path));
    if (static_cast<std::uint64_t>(about.st_size) > most)
        return too_large(path, most);
    auto bytes = read_all(file.get(), path, static_cast<std::size_t>(about.st_size), most);
    if (!bytes)
        return bytes.error();
    return std::optional(std::move(*bytes));
}

result<std::string> read_file(std::string const& path, std::uint64_t most) {
    auto bytes = read_file_if_any(path, most);
    if (!bytes)
        return bytes.error();
    if (!*bytes)
        return system_fault("open", path, ENOENT);
    return std::move(**bytes);
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
            return system_fault("look at", current, errno);
        }
        std::string const link(target.data(), static_cast<std::size_t>(size));
        current = link.starts_with('/') ? link : folder_of(current) + '/' + link;
    }
    return system_fault("follow", path, ELOOP);
}

result<void> replace_file(std::string const& path, std::string_view bytes) {
    auto const resolved = resolve_links(path);
    if (!resolved)
        return resolved.error();
    auto const folder = folder_of(*resolved);
    // One fixed name, so that what a killed writer left behind is cleared by the next one;
    // O_TMPFILE would leave nothing, but cannot replace an existing name.
    auto const temporary = folder + "/." + resolved->substr(resolved->rfind('/') + 1) + ".new";
    ::unlink(temporary.c_str());
    descriptor const file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file)
        return system_fault("create a file in", folder, errno);
    auto const write = [&]() -> result<void> {
        if (auto dressed = dress_like(file.get(), *resolved); !dressed)
            return dressed.error();
        if (auto written = write_all(file.get(), *resolved, bytes); !written)
            return written.error();
        if (::fsync(file.get()) != 0)
            return system_fault("write", *resolved, errno);
        if (::rename(temporary.c_str(), resolved->c_str()) != 0)
            return system_fault("replace", *resolved, errno);
        return {};
    };
    if (auto written = write(); !written) {
        ::unlink(temporary.c_str());
        return written.error();
    }
    return sync_folder(folder);
}

result<bool> link_file(std::string const& path, std::string const& name) {
    auto const folder = folder_of(name);
    if (::mkdir(folder.c_str(), 0777) == 0) {
        if (auto durable = sync_folder(folder_of(folder)); !durable)
            return durable.error();
    } else if (errno != EEXIST) {
        return system_fault("make the folder", folder, errno);
    }
    if (::link(path.c_str(), name.c_str()) != 0) {
        if (errno == ENOENT)
            return false;
        return system_fault("make a further name of the file", name, errno);
    }
    if (auto durable = sync_folder(folder); !durable)
        return durable.error();
    return true;
}

} // namespace dynix
