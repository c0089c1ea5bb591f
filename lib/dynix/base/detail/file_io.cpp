#include "dynix/base/detail/file_io.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/unique_fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dynix::detail {
namespace {

error too_large(std::string const& path, std::uint64_t most) {
    return make_error(fmt::format("'{}' is larger than {} bytes", path, most));
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
            return errno_error("read", path, errno);
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
            return errno_error("write", path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

} // namespace

result<std::string> read_regular(int from, std::string const& path, std::uint64_t most) {
    struct stat about {};
    if (::fstat(from, &about) != 0)
        return errno_error("look at", path, errno);
    if (S_ISDIR(about.st_mode))
        return make_error(fmt::format("'{}' is a directory, expected a file", path));
    if (!S_ISREG(about.st_mode))
        return make_error(fmt::format("'{}' is not a regular file", path));
    if (static_cast<std::uint64_t>(about.st_size) > most)
        return too_large(path, most);
    return read_all(from, path, static_cast<std::size_t>(about.st_size), most);
}

result<std::string> read_stream(int from, std::string const& path, std::uint64_t most) {
    constexpr std::size_t guess = 64 * 1024;
    return read_all(from, path, guess, most);
}

std::string temporary_name(std::string_view name) {
    return fmt::format(".{}.new", name);
}

error is_mount_point(std::string_view doing, std::string const& path) {
    return make_error(
        fmt::format("cannot {} '{}': it is a mount point of its own", doing, path),
        "mount its folder instead, or let a symbolic link lead to the file where it is kept");
}

result<void> exchange_file(
    int folder, std::string const& name, std::string const& path, std::string_view bytes,
    std::function<result<void>(int)> const& dress) {
    // O_TMPFILE would leave nothing when we are killed, but cannot replace an existing name.
    auto const temporary = temporary_name(name);
    ::unlinkat(folder, temporary.c_str(), 0);
    unique_fd const file(::openat(
        folder, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file)
        return errno_error("create a file in", folder_of(path), errno);
    auto const write = [&]() -> result<void> {
        if (auto dressed = dress(file.get()); !dressed)
            return dressed.error();
        if (auto written = write_all(file.get(), path, bytes); !written)
            return written.error();
        if (::fsync(file.get()) != 0)
            return errno_error("write", path, errno);
        if (::renameat(folder, temporary.c_str(), folder, name.c_str()) != 0)
            return errno == EBUSY ? is_mount_point("replace", path)
                                  : errno_error("replace", path, errno);
        return {};
    };
    if (auto written = write(); !written) {
        ::unlinkat(folder, temporary.c_str(), 0);
        return written.error();
    }
    if (::fsync(folder) != 0)
        return errno_error("make durable the folder", folder_of(path), errno);
    return {};
}

} // namespace dynix::detail
