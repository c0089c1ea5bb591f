#include "dynix/host/processes.hpp"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <limits.h>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace dynix::host {
namespace {

// A unit with more processes than this is not looked at to its end.
constexpr std::size_t most_processes = 10'000;

// Files of /proc and cgroupfs have no size, so they are read until their end. nullopt: it is gone,
// or not for us.
std::optional<std::string> slurp(std::string const& path) {
    int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return std::nullopt;
    std::string all;
    std::array<char, 16384> chunk{};
    ssize_t size = 0;
    while ((size = ::read(file, chunk.data(), chunk.size())) > 0)
        all.append(chunk.data(), static_cast<std::size_t>(size));
    ::close(file);
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

    result<std::vector<live_process>> in_group(std::string const& control_group) override {
        std::vector<live_process> found;
        if (control_group.empty())
            return found;
        auto const top = hierarchy() + control_group;
        namespace fs = std::filesystem;
        std::error_code failed;
        collect(top, found);
        fs::recursive_directory_iterator folders(top, failed);
        if (failed)
            return found; // it has just ended
        // An increment fails when a group goes away meanwhile; what was found stays.
        for (; folders != fs::recursive_directory_iterator() && found.size() < most_processes;
             folders.increment(failed)) {
            if (failed)
                break;
            std::error_code ignored;
            if (folders->is_directory(ignored))
                collect(folders->path().string(), found);
        }
        return found;
    }

  private:
    // Where the unified hierarchy is mounted: alone, beside version 1, or systemd's own version 1.
    std::string hierarchy() const {
        auto const base = root_ + "/sys/fs/cgroup";
        for (auto const* inner : {"", "/unified", "/systemd"})
            if (::access((base + inner + "/cgroup.procs").c_str(), F_OK) == 0)
                return base + inner;
        return base;
    }

    void collect(std::string const& group, std::vector<live_process>& found) const {
        auto const pids = slurp(group + "/cgroup.procs");
        if (!pids)
            return;
        for (auto const& text : split(*pids, '\n')) {
            live_process one;
            std::from_chars(text.data(), text.data() + text.size(), one.pid);
            auto const folder = fmt::format("{}/proc/{}", root_, one.pid);
            auto const stat = slurp(folder + "/stat");
            auto const argv = slurp(folder + "/cmdline");
            if (one.pid <= 0 || !stat || !argv)
                continue;
            one.start_ticks = start_ticks(*stat);
            one.argv = split(*argv, '\0');
            one.environment = split(slurp(folder + "/environ").value_or(""), '\0');
            std::array<char, PATH_MAX> target{};
            auto const size = ::readlink((folder + "/exe").c_str(), target.data(), target.size());
            if (size > 0)
                one.exe.assign(target.data(), static_cast<std::size_t>(size));
            found.push_back(std::move(one));
        }
    }

    std::string root_;
};

} // namespace

std::unique_ptr<processes> proc_processes(std::string root) {
    return std::make_unique<proc_reader>(std::move(root));
}

} // namespace dynix::host
