#include "dynix/host/detail/read_units.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <string_view>
#include <utility>

namespace dynix::host {
namespace {

// Where NixOS has the programs of the systemd that runs, should PATH not name them.
constexpr char const* of_the_system = "/run/current-system/systemd/bin/systemd-analyze";
constexpr auto patience = std::chrono::seconds(20);

// Read with the others. Without a word about its second line there was no reading at all, whatever
// the exit code says.
constexpr char const* unreadable_name = "dynix-unreadable.service";
constexpr char const* unreadable_text = "[Service]\nNice=unreadable\n";

// systemd-analyze takes what follows a ':' for another name of the unit. Escaped, it is the same
// name (systemd.unit(5)), also where the unit names itself (%I).
std::string name_of_file(std::string name) {
    constexpr std::string_view escaped = "\\x3a";
    for (auto at = name.find(':'); at != name.npos; at = name.find(':', at))
        name.replace(at, 1, escaped);
    return name;
}

// Whether systemd would refuse the unit by that name: it must be the one of its path.
bool must_keep_name(std::string const& name) {
    return name_of_file(name) != name &&
           (name.ends_with(".mount") || name.ends_with(".automount") || name.ends_with(".swap"));
}

class own_folder {
  public:
    own_folder() = default;
    own_folder(own_folder const&) = delete;
    own_folder& operator=(own_folder const&) = delete;
    ~own_folder() {
        std::error_code ignored;
        if (!path_.empty())
            std::filesystem::remove_all(path_, ignored);
    }

    result<std::string> make() {
        std::error_code failed;
        auto const above = std::filesystem::temp_directory_path(failed);
        auto pattern = ((failed ? "/tmp" : above) / "dynix-units.XXXXXX").string();
        if (!::mkdtemp(pattern.data()))
            return errno_error("make", pattern, errno);
        path_ = pattern;
        return path_;
    }

  private:
    std::string path_;
};

result<void> write(std::string const& folder, unit_text const& unit) {
    auto const path = folder + '/' + unit.name;
    std::ofstream file(path, std::ios::binary);
    if (file << unit.text && file.flush())
        return {};
    return errno_error("write", path, errno);
}

result<process::outcome>
verify(std::string const& folder, std::vector<unit_text> const& units, process::runner& programs) {
    auto const program = process::find_program("systemd-analyze");
    process::command command{.program = program ? *program : of_the_system};
    command.args = {"verify", "--man=no"};
    for (auto const& unit : units)
        command.args.push_back(folder + '/' + unit.name);
    // Of other units it need know nothing, and messages are for us to read.
    command.environment = {
        {"SYSTEMD_UNIT_PATH", folder},     {"SYSTEMD_LOG_LEVEL", "info"},
        {"SYSTEMD_LOG_TARGET", "console"}, {"SYSTEMD_LOG_COLOR", "0"},
        {"SYSTEMD_LOG_LOCATION", "0"},     {"SYSTEMD_LOG_TIME", "0"},
        {"SYSTEMD_LOG_TID", "0"},
    };
    command.timeout = patience;
    return programs.run(command);
}

bool take(std::string_view& from, std::string_view what) {
    if (!from.starts_with(what))
        return false;
    from.remove_prefix(what.size());
    return true;
}

// "PATH:LINE: text" or "NAME: text", if the line is of this unit.
void keep(
    std::string_view line, std::string const& path, std::string const& name, unit_reading& of) {
    auto rest = line;
    if (line == fmt::format("Unit {} has a bad unit file setting.", name)) {
        of.loads = false;
        return;
    }
    unit_remark found;
    if (take(rest, path + ':')) {
        auto const* const end = rest.data() + rest.size();
        auto const number = std::from_chars(rest.data(), end, found.line);
        rest.remove_prefix(static_cast<std::size_t>(number.ptr - rest.data()));
    } else if (!take(rest, name)) {
        return;
    }
    if (!take(rest, ": "))
        return;
    found.text = rest;
    of.remarks.push_back(std::move(found));
}

} // namespace

result<std::vector<unit_reading>>
read_units(std::vector<unit_text> const& wanted, process::runner& programs) {
    std::vector<unit_text> units{{unreadable_name, unreadable_text}};
    std::vector<std::size_t> places; // of `units` in `wanted`, but for the first one
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (!must_keep_name(wanted[i].name)) {
            units.push_back({name_of_file(wanted[i].name), wanted[i].text});
            places.push_back(i);
        }
    own_folder place;
    auto const folder = place.make();
    if (!folder)
        return folder.error();
    for (auto const& unit : units)
        if (auto written = write(*folder, unit); !written)
            return written.error();
    auto const said = verify(*folder, units, programs);
    if (!said)
        return said.error();
    std::vector<unit_reading> found(units.size());
    auto rest = std::string_view(said->err);
    while (!rest.empty()) {
        auto const line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        for (std::size_t i = 0; i < units.size(); ++i)
            keep(line, *folder + '/' + units[i].name, units[i].name, found[i]);
    }
    auto const& remarks = found.front().remarks;
    if (remarks.empty() || !remarks.front().is_ignored())
        return make_error(fmt::format("'systemd-analyze verify': {}", process::describe(*said)));
    std::vector<unit_reading> of_wanted(wanted.size());
    for (std::size_t i = 0; i < places.size(); ++i)
        of_wanted[places[i]] = std::move(found[i + 1]);
    return of_wanted;
}

} // namespace dynix::host
