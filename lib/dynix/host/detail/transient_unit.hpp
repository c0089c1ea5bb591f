// Starting a program as a service, or by a timer, that has no file (org.freedesktop.systemd1,
// StartTransientUnit).
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

// The same for a timer with its service. False: there is one of that name, or a soft reboot has
// left its files.
result<bool> start_timer_on(sd_bus* bus, transient_timer const& what);

} // namespace dynix::host
