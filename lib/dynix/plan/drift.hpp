// Drift: the configuration on disk is no longer the one that runs.
//
// A drop-in is the difference of two texts of a unit, so it means nothing for a unit whose file is
// a third text. There is no way to go on: what would run is neither configuration.
#pragma once

#include "dynix/base/error.hpp"

#include <string>
#include <vector>

namespace dynix::plan {

struct drifted_unit {
    std::string name{};
    std::string running_text{}; // the file that systemd has read
    std::string static_text{};  // what the configuration on disk evaluates to, without overrides
};

// Why the plan is refused: names every unit, what differs, and the ways out. `units` is not empty;
// `modules` are the runtime modules of the system that runs, whose files may be what has changed.
error drift_refusal(
    std::vector<drifted_unit> const& units, std::vector<std::string> const& modules);

} // namespace dynix::plan
