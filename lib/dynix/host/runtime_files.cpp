#include "dynix/host/runtime_files.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/owned_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace dynix::host {
namespace {

std::string name_of(std::string const& path) {
    return path.substr(path.rfind('/') + 1);
}

} // namespace

readers readers_like(std::string const& file) {
    return is_public(file) ? readers::all : readers::owner;
}

real_files::real_files(paths where) : where_(std::move(where)) {}

// The folder from which on every step is checked: /run, /etc or /var/lib/dynix, or for a file
// elsewhere its own folder.
std::string real_files::top_of(std::string const& path) const {
    for (auto const& top : {where_.run(), where_.etc(), where_.lasting()})
        if (path.starts_with(top + '/'))
            return top;
    return folder_of(path);
}

bool real_files::is_own(std::string const& path) const {
    return path.starts_with(where_.runtime() + '/') || path.starts_with(where_.modules() + '/') ||
           path.starts_with(where_.lasting() + '/') ||
           (path.starts_with(where_.runtime_units() + '/') && name_of(path) == drop_in_name);
}

// Takes away the folder of a unit (its .d, a target's .wants) that has nothing in it, so is made by
// us or left over. Never the folder of all units: its being there says that the system was booted
// with systemd (sd_booted(3)).
void real_files::remove_if_empty(std::string const& folder) const {
    if (folder_of(folder) == where_.runtime_units())
        ::rmdir(folder.c_str());
}

result<std::optional<std::string>> real_files::read(std::string const& path) {
    if (!is_own(path))
        return read_file_if_any(path);
    auto const folder = owned_folder::open(top_of(path), folder_of(path));
    if (!folder)
        return folder.error();
    if (!*folder)
        return std::optional<std::string>();
    return (*folder)->read(name_of(path), largest_own_file);
}

result<void> real_files::write(std::string const& path, std::string_view text, readers who) {
    auto const folder = owned_folder::make(top_of(path), folder_of(path));
    if (!folder)
        return folder.error();
    constexpr unsigned by_all = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
    constexpr unsigned by_owner = S_IRUSR | S_IWUSR;
    auto written = folder->replace(name_of(path), text, who == readers::all ? by_all : by_owner);
    if (!written)
        remove_if_empty(folder_of(path));
    return written;
}

result<void> real_files::remove(std::string const& path) {
    auto const folder = owned_folder::open(top_of(path), folder_of(path));
    if (!folder)
        return folder.error();
    if (!*folder)
        return {};
    if (auto removed = (*folder)->remove(name_of(path)); !removed)
        return removed.error();
    remove_if_empty(folder_of(path));
    return {};
}

result<void> real_files::link(std::string const& target, std::string const& path) {
    auto const folder = owned_folder::make(top_of(path), folder_of(path));
    if (!folder)
        return folder.error();
    auto linked = folder->link(target, name_of(path));
    if (!linked)
        remove_if_empty(folder_of(path));
    return linked;
}

result<std::optional<std::string>> real_files::link_target(std::string const& path) {
    std::error_code failed;
    auto const what = std::filesystem::symlink_status(path, failed);
    if (what.type() == std::filesystem::file_type::not_found)
        return std::optional<std::string>();
    if (what.type() != std::filesystem::file_type::symlink)
        return failed ? errno_error("look at", path, failed.value())
                      : result<std::optional<std::string>>(std::string());
    auto target = std::filesystem::read_symlink(path, failed);
    if (failed)
        return errno_error("look at", path, failed.value());
    return std::optional(target.string());
}

result<bool> real_files::set_aside(std::string const& path, std::string const& ending) {
    auto const folder = owned_folder::open(top_of(path), folder_of(path));
    if (!folder)
        return folder.error();
    if (!*folder)
        return false;
    auto const name = name_of(path);
    constexpr int most = 100;
    auto moved = (*folder)->rename(name, name + ending);
    // A file takes the place of a file; a folder that is not empty, or a file beside one, does not.
    for (int i = 2; !moved && i <= most; ++i)
        moved = (*folder)->rename(name, fmt::format("{}{}-{}", name, ending, i));
    return moved;
}

result<void> real_files::check_folder(std::string const& path) {
    auto const folder = owned_folder::open(top_of(path), folder_of(path));
    return folder ? result<void>() : folder.error();
}

result<std::vector<std::string>> real_files::units_with_drop_in(paths const& where) {
    std::vector<std::string> found;
    std::error_code failed;
    std::filesystem::directory_iterator folders(where.runtime_units(), failed);
    if (failed == std::errc::no_such_file_or_directory)
        return found;
    if (failed)
        return errno_error("read the folder", where.runtime_units(), failed.value());
    for (; folders != std::filesystem::directory_iterator(); folders.increment(failed)) {
        if (failed)
            return errno_error("read the folder", where.runtime_units(), failed.value());
        auto const name = folders->path().filename().string();
        // Also a dangling link counts: systemd lists it.
        std::error_code ignored;
        if (name.ends_with(".d") &&
            std::filesystem::symlink_status(folders->path() / drop_in_name, ignored).type() >
                std::filesystem::file_type::not_found)
            found.push_back(name.substr(0, name.size() - 2));
    }
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace dynix::host
