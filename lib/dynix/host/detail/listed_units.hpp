// The units that the manager has loaded.
#pragma once

#include "dynix/host/detail/bus_connection.hpp"
#include "dynix/host/unit_relations.hpp"

#include <string>
#include <vector>

namespace dynix::host {

// The names of all units that read_runs has.
result<std::vector<std::string>> read_names(sd_bus* bus);

// Every unit that the manager has loaded, other than devices, in its order.
result<std::vector<unit_run>> read_runs(sd_bus* bus);

// Those whose files have changed since the manager read them.
result<std::vector<std::string>>
read_changed_files(sd_bus* bus, std::vector<unit_run> const& units);

} // namespace dynix::host
