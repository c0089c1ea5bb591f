#include "dynix/base/lock.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace dynix {
namespace {

constexpr auto poll_interval = std::chrono::milliseconds(20);

std::string program_name() {
    std::array<char, 64> name{};
    int const comm = ::open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
    if (comm < 0)
        return "?";
    auto const size = ::read(comm, name.data(), name.size());
    ::close(comm);
    return size > 1 ? std::string(name.data(), static_cast<std::size_t>(size) - 1) : "?";
}

void write_holder(int descriptor) {
    auto const text = fmt::format(
        "{} {} {:%Y-%m-%dT%H:%M:%SZ}\n", ::getpid(), program_name(),
        fmt::gmtime(std::time(nullptr)));
    // Only for people: a full disk must not stop the one who holds the lock.
    if (::ftruncate(descriptor, 0) == 0)
        static_cast<void>(::pwrite(descriptor, text.data(), text.size(), 0) == 0);
}

std::string read_holder(int descriptor) {
    std::array<char, 128> text{};
    auto size = ::pread(descriptor, text.data(), text.size(), 0);
    while (size > 0 && text[static_cast<std::size_t>(size) - 1] == '\n')
        --size;
    return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size))
                    : "an unknown process";
}

} // namespace

result<file_lock> file_lock::acquire(
    std::string const& path, std::chrono::milliseconds patience,
    std::function<void(std::string const& holder)> const& on_wait) {
    int const descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0)
        return system_fault("open the lock", path, errno);
    file_lock lock(descriptor);
    auto const deadline = std::chrono::steady_clock::now() + patience;
    for (bool waited = false; ::flock(descriptor, LOCK_EX | LOCK_NB) != 0;) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return system_fault("lock", path, errno);
        if (std::chrono::steady_clock::now() >= deadline)
            return fault(
                fmt::format("'{}' is held by {}", path, read_holder(descriptor)),
                "wait until that command has ended, then try again");
        if (!std::exchange(waited, true) && on_wait)
            on_wait(read_holder(descriptor));
        std::this_thread::sleep_for(poll_interval);
    }
    write_holder(descriptor);
    return lock;
}

file_lock::file_lock(int descriptor) : descriptor_(descriptor) {}

file_lock::file_lock(file_lock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

file_lock& file_lock::operator=(file_lock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

file_lock::~file_lock() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

} // namespace dynix
