// Starting a program as a service that has no file (org.freedesktop.systemd1, StartTransientUnit).
#pragma once

#include "dynix/host/detail/bus_connection.hpp"
#include "dynix/host/systemd.hpp"

#include <functional>
#include <string>

namespace dynix::host {

// Returns when the manager has taken it: the object of its start job. `more_properties` appends
// further ones to the request, each as "(sv)".
result<std::string> start_transient_on(
    sd_bus* bus, transient_service const& what,
    std::function<int(sd_bus_message*)> const& more_properties = {});

} // namespace dynix::host
