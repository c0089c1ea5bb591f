// A command that is run as a unit's own commands are, to look whether the unit is well, say.
#pragma once

#include "dynix/host/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dynix::host {

struct unit_command {
    // A loaded service: the command has its user, environment, limits and sandbox
    // (detail/unit_command.hpp names the settings).
    std::string unit{};
    std::vector<std::string> command{}; // the program's absolute path first
    std::string description{};
    // As one who talks to the unit: on the machine's network also where the unit is not.
    bool from_outside = false;
    milliseconds at_most{}; // systemd ends it then, and all its processes
};

// How much of what a command writes is kept, from its end.
inline constexpr std::size_t kept_output = 4096;

struct command_end {
    // success, exit-code, signal, timeout... (systemd.service(5), "$SERVICE_RESULT"); "interrupted"
    // when we were asked to give up.
    std::string result{};
    std::int64_t status = 0; // its exit status, or the number of the signal
    std::string output{};    // the end of what it wrote to standard output and error
    std::size_t written = 0; // how many bytes that were

    bool good() const { return result == "success"; }
};

} // namespace dynix::host
