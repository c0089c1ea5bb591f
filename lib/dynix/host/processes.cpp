#include "dynix/host/processes.hpp"

#include "dynix/base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <limits.h>
#include <linux/openat2.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace dynix::host {
namespace {

// A unit with more processes than this is not looked at to its end.
constexpr std::size_t most_processes = 10'000;
// A process is in the middle of an execve(2) for no longer than one of these takes.
constexpr int most_tries = 3;

// Files of /proc and cgroupfs have no size, so they are read until their end, or until there is
// more than `most`. nullopt: it is gone, or not for us, and errno says which.
std::optional<std::string>
slurp(std::string const& path, int flags = 0, std::size_t most = SIZE_MAX) {
    int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
    if (file < 0)
        return std::nullopt;
    std::string all;
    std::array<char, 16384> chunk{};
    ssize_t size = 0;
    while (all.size() <= most && (size = ::read(file, chunk.data(), chunk.size())) > 0)
        all.append(chunk.data(), static_cast<std::size_t>(size));
    auto const failed = errno;
    ::close(file);
    errno = failed;
    if (size < 0)
        return std::nullopt;
    return all;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        auto const end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return parts;
}

std::uint64_t start_ticks(std::string_view stat) {
    // The command name in parentheses may contain anything, also parentheses and spaces.
    auto const name_end = stat.rfind(')');
    if (name_end == std::string_view::npos)
        return 0;
    auto const fields = split(stat.substr(name_end + 1), ' ');
    constexpr std::size_t start_time = 20; // field 22; the first here is the space, then field 3
    std::uint64_t ticks = 0;
    if (fields.size() > start_time)
        std::from_chars(
            fields[start_time].data(), fields[start_time].data() + fields[start_time].size(),
            ticks);
    return ticks;
}

class proc_reader : public processes {
  public:
    explicit proc_reader(std::string root) : root_(std::move(root)) {}

    result<unit_processes> in_group(std::string const& control_group) override {
        unit_processes found;
        if (control_group.empty())
            return found;
        auto const top = hierarchy() + control_group;
        namespace fs = std::filesystem;
        std::error_code failed;
        collect(top, found);
        // Two links of a folder are its name and its own '.': there is none in it. To list a group
        // takes longer than all the rest, as it has a file for every setting.
        struct stat about {};
        constexpr nlink_t of_no_folder = 2;
        if (::stat(top.c_str(), &about) == 0 && about.st_nlink == of_no_folder)
            return found;
        fs::recursive_directory_iterator folders(top, failed);
        if (failed)
            return found; // it has just ended
        // An increment fails when a group goes away meanwhile; what was found stays.
        for (; folders != fs::recursive_directory_iterator() && found.live.size() < most_processes;
             folders.increment(failed)) {
            if (failed)
                break;
            std::error_code ignored;
            if (folders->is_directory(ignored))
                collect(folders->path().string(), found);
        }
        return found;
    }

    seen_file file_seen_by(std::int64_t pid, std::string const& path) override {
        auto const process = fmt::format("{}/proc/{}", root_, pid);
        auto const whole = (pid == 0 ? root_ : process + "/root") + path;
        // A service can put what it likes into its own mounts.
        int const flags = O_NONBLOCK | O_NOCTTY | (pid == 0 ? 0 : O_NOFOLLOW);
        struct stat about {};
        auto const looked =
            pid == 0 ? ::stat(whole.c_str(), &about) : ::lstat(whole.c_str(), &about);
        if (looked == 0 && !S_ISREG(about.st_mode))
            return {file_kind::other, {}};
        auto bytes = looked == 0 ? slurp(whole, flags, largest_seen_file) : std::nullopt;
        if (bytes && bytes->size() > largest_seen_file)
            return {file_kind::other, {}};
        if (bytes)
            return {file_kind::regular, std::move(*bytes)};
        bool const absent = errno == ENOENT || errno == ENOTDIR;
        // With its process the file goes, too.
        bool const gone = pid != 0 && ::access((process + "/stat").c_str(), F_OK) != 0;
        return {absent && !gone ? file_kind::absent : file_kind::unreadable, {}};
    }

    result<bool> sees_our_file(std::int64_t pid, std::string const& path) override {
        auto const top = fmt::format("{}/proc/{}/root", root_, pid);
        unique_fd const folder(::open(top.c_str(), O_PATH | O_CLOEXEC | O_DIRECTORY));
        if (!folder)
            return errno_error("open", top, errno);
        // By the links and mounts of the process, from its root on (openat2(2)).
        open_how how{};
        how.flags = O_PATH | O_CLOEXEC;
        how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
        unique_fd const file(
            static_cast<int>(::syscall(SYS_openat2, folder.get(), path.c_str(), &how, sizeof how)));
        if (!file && (errno == ENOENT || errno == ENOTDIR))
            return false;
        if (!file)
            return errno_error("open", top + path, errno);
        auto const ours = root_ + path;
        struct stat theirs {};
        struct stat wanted {};
        if (::fstat(file.get(), &theirs) != 0)
            return errno_error("look at", top + path, errno);
        if (::stat(ours.c_str(), &wanted) != 0)
            return errno_error("look at", ours, errno);
        return theirs.st_dev == wanted.st_dev && theirs.st_ino == wanted.st_ino;
    }

    result<std::unique_ptr<file_watch>> watch(std::string const& path) override {
        return watch_file(root_ + path);
    }

  private:
    // Where the unified hierarchy is mounted: alone, beside version 1, or systemd's own version 1.
    std::string hierarchy() const {
        auto base = root_ + "/sys/fs/cgroup";
        for (auto const* inner : {"", "/unified", "/systemd"})
            if (::access((base + inner + "/cgroup.procs").c_str(), F_OK) == 0)
                return base + inner;
        return base;
    }

    // By errno, after a file of a process could not be read. One that has ended is not there; nor
    // is, under hidepid=2, one of another user, but then the first process is not there either.
    bool is_hidden() const {
        return errno == EACCES || errno == EPERM ||
               (errno == ENOENT && ::access((root_ + "/proc/1/stat").c_str(), F_OK) != 0);
    }

    std::string exe_of(std::string const& folder) const {
        std::array<char, PATH_MAX> target{};
        auto const size = ::readlink((folder + "/exe").c_str(), target.data(), target.size());
        return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size))
                        : std::string();
    }

    // nullopt: it is gone, or not for us, and errno says which. One that executes another program
    // meanwhile is read again: its parts belong together.
    std::optional<live_process> read(std::int64_t pid) const {
        auto const folder = fmt::format("{}/proc/{}", root_, pid);
        live_process one{.pid = pid};
        one.exe = exe_of(folder);
        for (int tries = 0; tries < most_tries; ++tries) {
            auto const stat = slurp(folder + "/stat");
            auto const argv = stat ? slurp(folder + "/cmdline") : std::nullopt;
            if (!argv)
                return std::nullopt;
            one.start_ticks = start_ticks(*stat);
            one.argv = split(*argv, '\0');
            one.environment = split(slurp(folder + "/environ").value_or(""), '\0');
            auto const before = std::exchange(one.exe, exe_of(folder));
            bool const has_words = !one.argv.empty() && !one.environment.empty();
            if (one.exe == before && (has_words || one.exe.empty()))
                break;
        }
        return one;
    }

    void collect(std::string const& group, unit_processes& found) const {
        auto const pids = slurp(group + "/cgroup.procs");
        if (!pids)
            return;
        for (auto const& text : split(*pids, '\n')) {
            std::int64_t pid = 0;
            std::from_chars(text.data(), text.data() + text.size(), pid);
            // The kernel gives 0 for a process that has no number in our PID namespace.
            auto one = pid > 0 ? read(pid) : std::nullopt;
            if (!one) {
                if (pid <= 0 || is_hidden())
                    ++found.hidden;
                continue;
            }
            found.live.push_back(std::move(*one));
        }
    }

    std::string root_;
};

} // namespace

bool live_process::started_before(std::uint64_t usec) const {
    static auto const ticks_a_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    // At the latest at the end of its tick.
    return (start_ticks + 1) * 1'000'000 / ticks_a_second <= usec;
}

std::unique_ptr<processes> proc_processes(std::string root) {
    return std::make_unique<proc_reader>(std::move(root));
}

} // namespace dynix::host
