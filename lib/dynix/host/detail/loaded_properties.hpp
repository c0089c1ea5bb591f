// All that systemd has loaded of one unit's own kind ([Service], [Socket], ...), as text.
#pragma once

#include "dynix/host/detail/bus_connection.hpp"

#include <map>
#include <string>

namespace dynix::host {

// By the property's name; the values are for comparing only.
result<std::map<std::string, std::string>> read_loaded(sd_bus* bus, std::string const& unit);

} // namespace dynix::host
