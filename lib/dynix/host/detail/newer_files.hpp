// Which units can have other files than the manager has read, by the times of the files
// (systemd.unit(5), "Unit File Load Path"). systemd itself looks into every folder for every unit.
#pragma once

#include "dynix/host/detail/bus_connection.hpp"
#include "dynix/host/unit_relations.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace dynix::host {

struct newer_files {
    bool of_any_unit = false; // it cannot be said which units have changed
    std::set<std::string> units{};
};

// What has come, gone or changed in these folders of unit files at `since` or later, in nanoseconds
// of the epoch. By ctime, which no editor and no copy leaves as it is (inode(7)); of a link, of
// what it leads to, and of all that is on the way, but in the store of Nix. What only says which
// units are wanted (.wants and the like) is not looked at, and another folder or file system that
// takes the place of one of these is not noticed.
newer_files newer_files_in(std::vector<std::string> const& folders, std::int64_t since);

// Those of the units whose files can have changed since the manager read all of them the last time
// (UnitsLoadTimestamp of org.freedesktop.systemd1(5), which systemd has since version 247): all,
// where that cannot be said.
std::vector<unit_run> may_have_changed(sd_bus* bus, std::vector<unit_run> units);

// Files have the time of the last tick of the clock (time(7), "jiffies"), so what was written
// within one before a reading may have been written during it. After this it was not.
void let_a_tick_pass();

} // namespace dynix::host
