// Reading the properties of units over D-Bus (org.freedesktop.systemd1(5)).
#pragma once

#include "dynix/host/detail/bus_connection.hpp"
#include "dynix/host/systemd.hpp"

#include <string>
#include <vector>

namespace dynix::host {

// What every kind of unit has; `path` is the unit's object.
result<void> read_unit(sd_bus* bus, char const* path, std::string const& unit, unit_status& found);

// What services have besides.
result<void>
read_service(sd_bus* bus, char const* path, std::string const& unit, unit_status& found);

// Those of many units: all calls are sent before the first answer is waited for. The answers are in
// the order of the names; a unit that systemd cannot name is not-found.
result<std::vector<unit_relations>>
read_relations(sd_bus* bus, std::vector<std::string> const& units);

// Every unit that the manager has loaded, other than devices, in its order.
result<std::vector<unit_run>> read_runs(sd_bus* bus);

} // namespace dynix::host
