#include "dynix/host/runtime_files.hpp"

#include "dynix/base/file.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace dynix::host {
namespace {

result<void> make_folder_of(std::string const& path) {
    std::error_code failed;
    auto const folder = std::filesystem::path(path).parent_path();
    std::filesystem::create_directories(folder, failed);
    if (failed)
        return system_fault("make the folder", folder.string(), failed.value());
    return {};
}

} // namespace

result<std::optional<std::string>> real_files::read(std::string const& path) {
    return read_file_if_any(path);
}

result<void> real_files::write(std::string const& path, std::string_view text) {
    if (auto made = make_folder_of(path); !made)
        return made.error();
    auto written = replace_file(path, text);
    if (!written)
        // Only succeeds when the folder is empty, so made by us or left over.
        ::rmdir(std::filesystem::path(path).parent_path().c_str());
    return written;
}

result<void> real_files::remove(std::string const& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR)
        return system_fault("remove", path, errno);
    auto const folder = std::filesystem::path(path).parent_path();
    if (folder.extension() == ".d")
        ::rmdir(folder.c_str());
    return {};
}

result<void> real_files::link(std::string const& target, std::string const& path) {
    if (auto made = make_folder_of(path); !made)
        return made.error();
    auto const temporary = fmt::format("{}.{}", path, ::getpid());
    ::unlink(temporary.c_str());
    if (::symlink(target.c_str(), temporary.c_str()) != 0)
        return system_fault("make the link", temporary, errno);
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        auto const why = errno;
        ::unlink(temporary.c_str());
        return system_fault("replace", path, why);
    }
    return {};
}

result<std::vector<std::string>> real_files::units_with_drop_in(paths const& where) {
    std::vector<std::string> found;
    std::error_code failed;
    std::filesystem::directory_iterator folders(where.runtime_units(), failed);
    if (failed == std::errc::no_such_file_or_directory)
        return found;
    if (failed)
        return system_fault("read the folder", where.runtime_units(), failed.value());
    for (; folders != std::filesystem::directory_iterator(); folders.increment(failed)) {
        if (failed)
            return system_fault("read the folder", where.runtime_units(), failed.value());
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
