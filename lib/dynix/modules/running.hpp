// The system that runs, and the runtime modules in it: the one truth about what is on.
#pragma once

#include "dynix/host/clock.hpp"
#include "dynix/host/paths.hpp"
#include "dynix/host/runtime_files.hpp"
#include "dynix/modules/record.hpp"
#include "dynix/modules/state.hpp"
#include "dynix/process/runner.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dynix::modules {

// The outside world of this room. The references must outlive it.
struct surroundings {
    process::runner& programs;
    host::runtime_files& files;
    host::clock& time;
    host::paths where;
};

struct running_system {
    std::string system{};   // its store path, by /run/current-system
    module_record record{}; // what it says of itself
    std::optional<module_state> recorded{};
    // An activation began and did not end: units may be between two systems.
    bool interrupted = false;
    // Modules that were on and are not any more, because a switch has been to a base, be it another
    // one or the same.
    std::vector<std::string> switched_off{};
    std::vector<std::string> warnings{}; // such as a state file that cannot be read

    // The system without modules.
    std::string const& base() const { return record.base.empty() ? system : record.base; }

    // Modules are on, but the system is not the one that runtime-module activated, such as a
    // specialisation of that. Without a state file nobody knows.
    bool is_another() const;
};

// An error: no system that runs, or one without runtime modules. What is wrong with the state file
// is a warning, since nothing depends on it. With the lock of runtime-module in one's own hand
// (`locked`), no activation is under way.
result<running_system> read_running(surroundings const& host, bool locked = false);

} // namespace dynix::modules
