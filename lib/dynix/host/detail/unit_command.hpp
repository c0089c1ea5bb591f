// Running a command with a unit's properties, as a transient service.
#pragma once

#include "dynix/host/detail/bus_connection.hpp"
#include "dynix/host/unit_command.hpp"

#include <functional>
#include <optional>
#include <string>

namespace dynix::host {

// Returns when the command has ended. `bound_to`, when given, is the unit with whose end it ends,
// too. An error: it could not be started, or nothing is known of its end.
result<command_end> run_command_on(
    sd_bus* bus, unit_command const& what, std::optional<std::string> const& bound_to,
    std::function<bool()> const& give_up);

} // namespace dynix::host
