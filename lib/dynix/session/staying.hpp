// What stays applied when another static system takes the place of the one that runs.
#pragma once

#include "dynix/activation/record/state.hpp"

#include <string>
#include <vector>

namespace dynix::session {

struct staying_overrides {
    activation::state stays{}; // of the applied state what can stay; no override: nothing can
    std::vector<activation::applied_override> taken_back{};
    // The units whose file is another one, sorted; empty where an activation was interrupted, after
    // which nothing stays.
    std::vector<std::string> changed{};
};

// An override is whole or not at all: it stays where all units of its services, by the plan that is
// applied, have the files in `system` that they were applied over, and those of the services that
// another override has in common with them. Without that plan it is all overrides or none. An
// error: a unit file of the system that cannot be read.
result<staying_overrides> overrides_that_stay(
    activation::state const& applied, std::string const& system, host::runtime_files& files);

} // namespace dynix::session
