#include "dynix/host/detail/newer_files.hpp"

#include "dynix/host/detail/property_calls.hpp"
#include "dynix/host/detail/property_values.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <limits>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <time.h>
#include <utility>

namespace dynix::host {
namespace {

namespace fs = std::filesystem;

constexpr auto never = std::numeric_limits<std::int64_t>::min();
constexpr auto always = std::numeric_limits<std::int64_t>::max();
// As the kernel's own limit of links in a path (path_resolution(7)).
constexpr int most_links = 40;
constexpr std::int64_t nsec_per_sec = 1'000'000'000;

std::int64_t changed_at(struct stat const& about) {
    return static_cast<std::int64_t>(about.st_ctim.tv_sec) * nsec_per_sec + about.st_ctim.tv_nsec;
}

// Folders in which somebody makes files all the time.
bool is_top(fs::path const& folder) {
    return !folder.has_relative_path() || folder.parent_path() == "/";
}

enum class way { links, links_and_folders };

// When one of the links that lead to `path` was made, or a folder of them was made or got or lost a
// name: a switch of NixOS changes only the link '/etc/static'. `path` has no links then.
std::int64_t follow(std::string& path, way what) {
    auto newest = never;
    fs::path at = "/";
    fs::path const whole = path;
    std::deque<fs::path> rest(whole.begin(), whole.end());
    for (int links = 0; !rest.empty();) {
        auto const next = at / rest.front();
        rest.pop_front();
        struct stat about {};
        if (::lstat(next.c_str(), &about) != 0 || !S_ISLNK(about.st_mode)) {
            if (what == way::links_and_folders && S_ISDIR(about.st_mode) && !rest.empty() &&
                !is_top(next.lexically_normal()))
                newest = std::max(newest, changed_at(about));
            at = next;
            continue;
        }
        std::error_code failed;
        auto const target = fs::read_symlink(next, failed);
        if (failed || ++links > most_links)
            return always;
        newest = std::max(newest, changed_at(about));
        rest.insert(rest.begin(), target.begin(), target.end());
        if (target.is_absolute())
            at = "/";
    }
    path = at.lexically_normal().string();
    return newest;
}

// What is in the store of Nix does not change, but it can go, and can be a link to somewhere else.
bool leads_into_store(std::string const& link) {
    constexpr auto store = "/nix/store/";
    std::error_code failed;
    return fs::read_symlink(link, failed).string().starts_with(store) &&
           fs::canonical(link, failed).string().starts_with(store);
}

// Of what stands there, and of what it leads to. What cannot be looked at may have changed, and so
// may a link that leads nowhere.
std::int64_t changed_at(std::string path) {
    struct stat about {};
    if (::lstat(path.c_str(), &about) != 0)
        return errno == ENOENT ? never : always;
    auto found = changed_at(about);
    if (!S_ISLNK(about.st_mode))
        return found;
    bool const constant = leads_into_store(path);
    if (!constant)
        found = std::max(found, follow(path, way::links_and_folders));
    if (::stat(path.c_str(), &about) != 0)
        return always;
    return constant ? found : std::max(found, changed_at(about));
}

// Of a file that a unit names: one that is gone has changed. As systemd, which takes these not to
// change.
std::int64_t named_changed_at(std::string path) {
    if (path.empty() || path.starts_with("/proc/") || path.starts_with("/sys/"))
        return never;
    auto const led = follow(path, way::links);
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 ? std::max(led, changed_at(about)) : always;
}

// The manager itself writes and removes these while it runs and while it reloads.
bool is_of_manager(std::string_view folder) {
    auto const name = folder.substr(folder.rfind('/') + 1);
    return name == "transient" || name.starts_with("generator");
}

bool says_what_is_wanted(std::string_view name) {
    return name.ends_with(".wants") || name.ends_with(".requires") || name.ends_with(".upholds");
}

class search {
  public:
    explicit search(std::int64_t since) : since_(since) {}

    void look_into(std::string folder) {
        if (follow(folder, way::links) >= since_)
            found_.of_any_unit = true;
        struct stat about {};
        if (::stat(folder.c_str(), &about) != 0) {
            found_.of_any_unit |= errno != ENOENT;
            return;
        }
        bool const stays = !is_of_manager(folder);
        // What was removed from it has no time.
        if (changed_at(about) >= since_ && stays)
            found_.of_any_unit = true;
        each(folder, [&](fs::path const& path) {
            auto const name = path.filename().string();
            if (says_what_is_wanted(name))
                return;
            auto newest = changed_at(path.string());
            if (!name.ends_with(".d")) {
                if (newest >= since_)
                    insert_units_of(path);
                return;
            }
            each(path.string(), [&](fs::path const& drop_in) {
                newest = std::max(newest, changed_at(drop_in.string()));
            });
            if (newest >= since_)
                found_.units.insert(name.substr(0, name.size() - 2));
        });
    }

    newer_files take() { return std::move(found_); }

  private:
    template <class Do>
    void each(std::string const& folder, Do const& what) {
        std::error_code failed;
        for (fs::directory_iterator one(folder, failed), end; !failed && one != end;
             one.increment(failed))
            what(one->path());
        found_.of_any_unit |= failed && failed != std::errc::no_such_file_or_directory &&
                              failed != std::errc::not_a_directory;
    }

    // Of a link, also what it leads to: it may be an alias.
    void insert_units_of(fs::path const& file) {
        std::error_code none;
        found_.units.insert(file.filename().string());
        if (auto const target = fs::read_symlink(file, none).filename(); target.has_extension())
            found_.units.insert(target.string());
    }

    std::int64_t since_;
    newer_files found_;
};

std::int64_t time_of(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<std::int64_t>(now.tv_sec) * nsec_per_sec + now.tv_nsec;
}

timespec tick() {
    timespec found{};
    ::clock_getres(CLOCK_REALTIME_COARSE, &found);
    return found;
}

// When the manager began to read all unit files the last time, in nanoseconds of the epoch; nullopt
// where that cannot be compared with the times of files: the clock has been set back since.
std::optional<std::int64_t> last_reading(sd_bus* bus) {
    auto const ask = [bus](char const* property, std::int64_t& nanoseconds) {
        std::uint64_t usec = 0;
        auto const code = sd_bus_get_property_trivial(
            bus, destination, manager_path, manager_interface, property, nullptr, 't', &usec);
        constexpr std::int64_t in_usec = 1000;
        nanoseconds = static_cast<std::int64_t>(usec) * in_usec;
        return code >= 0 && usec != 0;
    };
    std::int64_t real = 0;
    std::int64_t monotonic = 0;
    if (!ask("UnitsLoadTimestamp", real) || !ask("UnitsLoadTimestampMonotonic", monotonic))
        return std::nullopt;
    constexpr auto unsure = nsec_per_sec / 10;
    if (time_of(CLOCK_REALTIME) - time_of(CLOCK_MONOTONIC) + unsure < real - monotonic)
        return std::nullopt;
    return real - tick().tv_nsec;
}

std::vector<std::string> folders_of_unit_files(sd_bus* bus) {
    char** texts = nullptr;
    std::vector<std::string> found;
    if (sd_bus_get_property_strv(
            bus, destination, manager_path, manager_interface, "UnitPath", nullptr, &texts) < 0)
        return found;
    for (auto** text = texts; text && *text; ++text) {
        found.emplace_back(*text);
        std::free(*text);
    }
    std::free(texts);
    return found;
}

// The files that units name themselves, which tells what is gone with its folder.
class named_files {
  public:
    named_files(sd_bus* bus, std::vector<unit_run> const& units) : of_(units.size()), calls_(bus) {
        for (std::size_t i = 0; i < units.size(); ++i) {
            if (!units[i].has_file)
                continue;
            of_[i] = units[i].files.value_or(std::vector<std::string>());
            ask(units[i].name, i, "SourcePath", "s");
            if (units[i].files)
                continue;
            ask(units[i].name, i, "DropInPaths", "as");
            ask(units[i].name, i, "FragmentPath", "s");
        }
        done_ = calls_.wait().has_value();
    }

    bool have_changed(std::size_t unit, std::int64_t since) const {
        return !done_ || unsure_.contains(unit) ||
               std::ranges::any_of(of_[unit], [&](std::string const& path) {
                   return named_changed_at(path) >= since;
               });
    }

  private:
    void ask(std::string const& unit, std::size_t i, char const* property, char const* type) {
        calls_.get(
            unit, "Get", {unit_interface, property},
            [&to = of_[i], type = std::string_view(type)](sd_bus_message* from) {
                if (type == "as")
                    return read_variant(from, "as", to);
                return read_variant(from, "s", to.emplace_back());
            },
            [this, i](int) { unsure_.insert(i); });
    }

    std::vector<std::vector<std::string>> of_;
    std::set<std::size_t> unsure_{};
    property_calls calls_;
    bool done_ = false;
};

} // namespace

std::vector<unit_run> may_have_changed(sd_bus* bus, std::vector<unit_run> units) {
    auto const since = last_reading(bus);
    auto const folders = since ? folders_of_unit_files(bus) : std::vector<std::string>();
    if (folders.empty())
        return units;
    auto newer = newer_files_in(folders, *since);
    if (newer.of_any_unit)
        return units;
    named_files const named(bus, units);
    std::vector<unit_run> found;
    for (std::size_t i = 0; i < units.size(); ++i)
        if (newer.units.erase(units[i].name) > 0 || named.have_changed(i, *since))
            found.push_back(units[i]);
    // A drop-in of many units, or a name that some unit has besides.
    return newer.units.empty() ? found : units;
}

void let_a_tick_pass() {
    auto left = tick();
    while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

newer_files newer_files_in(std::vector<std::string> const& folders, std::int64_t since) {
    search all(since);
    for (auto const& folder : folders)
        all.look_into(folder);
    return all.take();
}

} // namespace dynix::host
