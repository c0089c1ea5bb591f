// The units that the manager has loaded.
#pragma once

#include "dynix/host/detail/bus_connection.hpp"
#include "dynix/host/unit_relations.hpp"

#include <string>
#include <vector>

namespace dynix::host {

// One of the answer to ListUnits or ListUnitsByNames (org.freedesktop.systemd1(5)).
struct listed_unit {
    std::string name{}; // its own one
    std::string load_state{};
    std::string active_state{};
    std::string sub_state{};
    std::string job{}; // its type; empty: none
};

// Reads that answer, behind what is there. A negative errno.
int read_listed(sd_bus_message* from, std::vector<listed_unit>& to);

// The names of all units that read_runs has.
result<std::vector<std::string>> read_names(sd_bus* bus);

// Every unit that the manager has loaded, other than devices, in its order; without the runs of
// `planned` (systemd::runs).
result<std::vector<unit_run>> read_runs(sd_bus* bus, std::vector<std::string> const& planned);

// Those whose files have changed since the manager read them.
result<std::vector<std::string>>
read_changed_files(sd_bus* bus, std::vector<unit_run> const& units);

} // namespace dynix::host
