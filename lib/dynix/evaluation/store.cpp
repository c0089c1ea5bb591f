#include "dynix/evaluation/store.hpp"

#include "dynix/base/owned_folder.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <system_error>

namespace dynix::evaluation {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".json";
constexpr unsigned readable_by_all = 0644;
// Options have tens of bytes, and there are at most some thousand dynamic ones.
constexpr std::uint64_t largest_certificate = std::uint64_t{16} << 20;

std::string name_of(std::string const& running) {
    return fs::path(running).filename().string() + std::string(suffix);
}

} // namespace

std::string store::file_of(std::string const& running) const {
    return folder() + '/' + name_of(running);
}

result<std::optional<certificate>> load(store const& where, std::string const& running) {
    auto const folder = owned_folder::open(where.root + "/var/cache", where.folder());
    if (!folder)
        return folder.error();
    if (!*folder)
        return std::optional<certificate>();
    auto const text = (*folder)->read(name_of(running), largest_certificate);
    if (!text)
        return text.error();
    if (!*text)
        return std::optional<certificate>();
    auto found = read_certificate(**text, where.file_of(running));
    if (!found)
        return found.error();
    return std::optional(std::move(*found));
}

result<void> save(store const& where, certificate const& what) {
    auto const folder = owned_folder::make(where.root + "/var/cache", where.folder());
    if (!folder)
        return folder.error();
    if (auto written =
            folder->replace(name_of(what.running), print_certificate(what), readable_by_all);
        !written)
        return written;
    std::error_code failed;
    auto const systems = fs::path(what.running).parent_path();
    for (fs::directory_iterator one(where.folder(), failed), end; !failed && one != end;
         one.increment(failed)) {
        auto const name = one->path().filename().string();
        if (!name.ends_with(suffix) || name == name_of(what.running))
            continue;
        auto const system = systems / name.substr(0, name.size() - suffix.size());
        std::error_code ignored;
        if (!fs::exists(system, ignored))
            if (auto removed = folder->remove(name); !removed)
                return removed;
    }
    return {};
}

} // namespace dynix::evaluation
