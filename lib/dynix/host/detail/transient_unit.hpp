// Starting a program as a service that has no file (org.freedesktop.systemd1, StartTransientUnit).
#pragma once

#include "dynix/host/detail/bus_connection.hpp"
#include "dynix/host/systemd.hpp"

namespace dynix::host {

// Returns when the manager has taken it.
result<void> start_transient_on(sd_bus* bus, transient_service const& what);

} // namespace dynix::host
