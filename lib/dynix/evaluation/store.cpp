#include "dynix/evaluation/store.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/owned_folder.hpp"
#include "dynix/plan/plan.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace dynix::evaluation {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".json";
constexpr std::string_view slices_suffix = ".slices";
constexpr std::string_view names_suffix = ".names";
constexpr unsigned readable_by_all = 0644;
// Values of the configuration, which not everybody needs to see.
constexpr unsigned readable_by_owner = 0600;
// Options have tens of bytes, and there are at most some thousand dynamic ones.
constexpr std::uint64_t largest_certificate = std::uint64_t{16} << 20;
// A nixpkgs has half a megabyte of them, and who has this many waits for the look at the files.
constexpr std::uint64_t most_names = std::uint64_t{16} << 20;

std::string name_of(std::string const& running, std::string_view with = suffix) {
    return fs::path(running).filename().string() + std::string(with);
}

// Of the slices, to see that they are those of the certificate. They may have some megabytes, which
// plan::fingerprint_of takes a third of a slice's evaluation for, and nobody else could write them.
std::string mark_of(std::string_view slices) {
    return fmt::format("{:x}-{:016x}", slices.size(), std::hash<std::string_view>()(slices));
}

// Removes what belongs to other systems that are no longer there.
result<void> prune(store const& where, owned_folder const& folder, fs::path const& running) {
    std::error_code failed;
    for (fs::directory_iterator one(where.folder(), failed), end; !failed && one != end;
         one.increment(failed)) {
        auto const name = one->path().filename();
        if (name.extension() != suffix && name.extension() != slices_suffix &&
            name.extension() != names_suffix)
            continue;
        auto const system = running.parent_path() / name.stem();
        std::error_code ignored;
        if (system != running && !fs::exists(system, ignored))
            if (auto removed = folder.remove(name.string()); !removed)
                return removed;
    }
    return {};
}

} // namespace

std::string store::file_of(std::string const& running) const {
    return folder() + '/' + name_of(running);
}

std::string store::slices_of(std::string const& running) const {
    return folder() + '/' + name_of(running, slices_suffix);
}

std::string store::names_of(std::string const& running) const {
    return folder() + '/' + name_of(running, names_suffix);
}

std::optional<std::string> load_names(store const& where, certificate const& of) {
    if (of.names_are.empty())
        return std::nullopt;
    auto const folder = owned_folder::open(where.root + "/var/cache", where.folder());
    if (!folder || !*folder)
        return std::nullopt;
    auto text = (*folder)->read(name_of(of.running, names_suffix), most_names);
    if (!text || !*text || plan::fingerprint_of(**text) != of.names_are)
        return std::nullopt;
    return std::move(*text);
}

result<std::optional<std::string>> load_slices(store const& where, certificate const& of) {
    if (of.slices.empty())
        return std::optional<std::string>();
    auto const folder = owned_folder::open(where.root + "/var/cache", where.folder());
    if (!folder)
        return folder.error();
    if (!*folder)
        return std::optional<std::string>();
    auto const file = where.slices_of(of.running);
    if (::faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) != 0 && errno == EACCES)
        return std::optional<std::string>();
    auto const text = (*folder)->read(name_of(of.running, slices_suffix), largest_certificate);
    if (!text)
        return text.error();
    if (!*text || mark_of(**text) != of.slices)
        return make_error(
            fmt::format("'{}' is not what the certificate names", file),
            "'dynix certify --again' makes another one");
    return std::optional(file);
}

result<void> save_slices(store const& where, certificate& of, slice_set const& what) {
    auto const folder = owned_folder::make(where.root + "/var/cache", where.folder());
    if (!folder)
        return folder.error();
    if (auto written =
            folder->replace(name_of(of.running, slices_suffix), what.text, readable_by_owner);
        !written)
        return written;
    of.slices = mark_of(what.text);
    of.without_slice = what.without;
    return save(where, of);
}

result<std::optional<certificate>> load(store const& where, std::string const& running) {
    auto const folder = owned_folder::open(where.root + "/var/cache", where.folder());
    if (!folder)
        return folder.error();
    if (!*folder)
        return std::optional<certificate>();
    return parse_if_any(
        (*folder)->read(name_of(running), largest_certificate),
        [&](auto const& text) { return read_certificate(text, where.file_of(running)); });
}

result<void> save(store const& where, certificate const& what) {
    auto const folder = owned_folder::make(where.root + "/var/cache", where.folder());
    if (!folder)
        return folder.error();
    // First, as on a full disk there may be no room without it.
    auto pruned = prune(where, *folder, what.running);
    if (auto written =
            folder->replace(name_of(what.running), print_certificate(what), readable_by_all);
        !written)
        return written;
    if (!what.names.empty() && what.names.size() <= most_names)
        if (auto written =
                folder->replace(name_of(what.running, names_suffix), what.names, readable_by_owner);
            !written)
            return written;
    return pruned;
}

} // namespace dynix::evaluation
