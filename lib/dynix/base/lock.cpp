#include "dynix/base/lock.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace dynix {
namespace {

constexpr auto poll_interval = std::chrono::milliseconds(5);

// What the holder was started as, cut where a line of an error message would grow silly.
std::string command_line_of(std::string const& pid) {
    std::string words(4096, '\0');
    unique_fd const file(::open(("/proc/" + pid + "/cmdline").c_str(), O_RDONLY | O_CLOEXEC));
    // The process may end between any two of these calls; then there is nothing to show.
    auto const size = file ? ::read(file.get(), words.data(), words.size()) : -1;
    words.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    while (words.ends_with('\0'))
        words.pop_back();
    std::replace(words.begin(), words.end(), '\0', ' ');
    if (words.size() > 100)
        words = words.substr(0, 97) + "...";
    return words;
}

// Looks in /proc/locks (proc(5)) for an flock on this inode:
//   7: FLOCK  ADVISORY  WRITE 4711 fe:00:131 0 EOF
// The device is left out of the comparison: some file systems report another one there than in
// stat.
std::optional<std::string> holder_of(struct stat const& about) {
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream fields(line);
        std::string number, kind, advisory, mode, pid, inode;
        fields >> number >> kind >> advisory >> mode >> pid >> inode;
        // A waiting one is listed with an arrow in the second field, so it is not taken for the
        // holder.
        if (kind != "FLOCK" || !inode.ends_with(fmt::format(":{}", about.st_ino)))
            continue;
        auto const command = command_line_of(pid);
        return command.empty() ? fmt::format("process {}", pid)
                               : fmt::format("process {} '{}'", pid, command);
    }
    return std::nullopt;
}

std::string holder_of(int descriptor) {
    struct stat about {};
    auto const found = ::fstat(descriptor, &about) == 0 ? holder_of(about) : std::nullopt;
    return found.value_or("another process");
}

unique_fd open_for_lock(std::string const& path) {
    if (path.ends_with('/'))
        return unique_fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    unique_fd opened(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    // Whoever can open a file can hold its lock (flock(2)), and so keep its owner out for ever. An
    // older dynix made it readable by all; where it is another user's, that one decides.
    if (opened)
        ::fchmod(opened.get(), S_IRUSR | S_IWUSR);
    return opened;
}

} // namespace

result<file_lock> file_lock::acquire(
    std::string const& path, std::chrono::milliseconds patience,
    std::function<void(std::string const& holder)> const& on_wait) {
    file_lock lock(open_for_lock(path));
    if (!lock.opened_)
        return errno_error("open the lock", path, errno);
    auto const descriptor = lock.opened_.get();
    auto const deadline = std::chrono::steady_clock::now() + patience;
    for (bool waited = false; ::flock(descriptor, LOCK_EX | LOCK_NB) != 0;) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return errno_error("lock", path, errno);
        if (std::chrono::steady_clock::now() >= deadline)
            return make_error(
                fmt::format("'{}' is held by {}", path, holder_of(descriptor)),
                "wait until that command has ended, then try again");
        if (!std::exchange(waited, true) && on_wait)
            on_wait(holder_of(descriptor));
        std::this_thread::sleep_for(poll_interval);
    }
    return lock;
}

std::optional<std::string> file_lock::holder(std::string const& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 ? holder_of(about) : std::nullopt;
}

} // namespace dynix
