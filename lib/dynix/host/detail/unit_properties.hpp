// Reading the properties of units over D-Bus (org.freedesktop.systemd1(5)).
#pragma once

#include "dynix/host/detail/bus_connection.hpp"
#include "dynix/host/systemd.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace dynix::host {

// Many calls of one function are sent before its first answer is waited for, and what is found is
// in the order of the names. An error: the connection, or what cannot be understood.

struct asked_status {
    unit_status status{};
    std::uint64_t tried_usec = 0; // when the conditions of one that is down were last looked at
    int code = 0;                 // a negative errno: systemd did not say all of it
};

// What every kind of unit has, and what services have besides; not whether their files have changed
// (listed_units.hpp).
result<std::vector<asked_status>> read_statuses(sd_bus* bus, std::vector<std::string> const& units);

// The same of their runs alone (systemd::runs_of).
result<std::vector<asked_status>>
read_statuses_of_runs(sd_bus* bus, std::vector<std::string> const& units);

// The same of their ends (systemd::ends_of).
result<std::vector<asked_status>>
read_statuses_of_ends(sd_bus* bus, std::vector<std::string> const& units);

// How their files are loaded.
result<std::vector<unit_load>> read_loads(sd_bus* bus, std::vector<std::string> const& units);

// Units without timeouts have zeros.
result<std::vector<unit_timeouts>>
read_timeouts(sd_bus* bus, std::vector<std::string> const& units);

// How a service's last command ended, as its signals tell.
struct unit_end {
    std::string result{};
    std::int64_t status = 0;
};

// Reads a PropertiesChanged signal; what it does not name stays as it was.
int read_end(sd_bus_message* signal, unit_end& found);

// A unit that systemd cannot name is not-found; any other refusal is an error.
result<std::vector<unit_relations>>
read_relations(sd_bus* bus, std::vector<std::string> const& units);

} // namespace dynix::host
