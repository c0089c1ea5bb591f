// What the overrides of dynix have to do with a change of modules.
#pragma once

#include "dynix/host/paths.hpp"
#include "dynix/host/runtime_files.hpp"

#include <string>
#include <vector>

namespace dynix::tool {

struct lost_overrides {
    std::vector<std::string> overrides{}; // "services.worker.jobs = 4"
    std::vector<std::string> units{};     // whose files are others in the new system
};

// The overrides that are applied, and that a switch to `system` takes back: all of them, when one
// of their units changes.
lost_overrides
overrides_lost_in(std::string const& system, host::runtime_files& files, host::paths const& where);

// Said of them, before anything is done; empty for none.
std::string sentence(lost_overrides const& lost);

} // namespace dynix::tool
