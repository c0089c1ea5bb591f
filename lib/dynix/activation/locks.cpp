#include "dynix/activation/locks.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <utility>

namespace dynix::activation {
namespace {

result<file_lock> take(
    std::string const& path, std::string_view what, milliseconds patience,
    std::function<void(std::string const&)> const& on_wait) {
    std::error_code failed;
    auto const folder = std::filesystem::path(path).parent_path();
    std::filesystem::create_directories(folder, failed);
    if (failed)
        return system_fault("make the folder", folder.string(), failed.value());
    auto const holder = [&](std::string const& by_file) {
        return fmt::format("{}, process {}", what, lock_holder(path).value_or(by_file));
    };
    auto lock = file_lock::acquire(path, patience, [&](std::string const& by_file) {
        if (on_wait)
            on_wait(holder(by_file));
    });
    if (lock)
        return lock;
    if (auto const who = lock_holder(path))
        return fault(
            fmt::format("{} is running: process {} holds '{}'", what, *who, path),
            "wait until it has ended, then run the command again");
    return lock.error();
}

} // namespace

std::optional<std::string> lock_holder(std::string const& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0)
        return std::nullopt;
    auto const wanted =
        fmt::format("{:02x}:{:02x}:{}", major(about.st_dev), minor(about.st_dev), about.st_ino);
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        // "1: FLOCK  ADVISORY  WRITE 4711 00:19:1234 0 EOF"; a waiter has "->" after the number.
        std::istringstream words(line);
        std::string number;
        std::string kind;
        std::string manner;
        std::string access;
        std::string pid;
        std::string file;
        words >> number >> kind >> manner >> access >> pid >> file;
        if (kind != "FLOCK" || file != wanted || pid == "-1" || pid == "0")
            continue;
        std::string command;
        std::ifstream comm("/proc/" + pid + "/comm");
        std::getline(comm, command);
        return fmt::format("{} {}", pid, command);
    }
    return std::nullopt;
}

result<held_locks> take_locks(
    paths const& where, bool of_switch_too, milliseconds patience,
    std::function<void(std::string const& holder)> const& on_wait) {
    held_locks held;
    auto ours = take(where.lock(), "another dynix", patience, on_wait);
    if (!ours)
        return ours.error();
    held.ours = std::move(*ours);
    if (!of_switch_too)
        return held;
    auto theirs = take(where.switch_lock(), "a NixOS switch", patience, on_wait);
    if (!theirs)
        return theirs.error();
    held.of_switch = std::move(*theirs);
    return held;
}

} // namespace dynix::activation
