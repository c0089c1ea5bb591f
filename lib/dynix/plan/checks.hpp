// The health checks of a unit: commands that say by their exit status whether it is well, from
// `dynamicism.for.<name>.checks`.
#pragma once

#include "dynix/base/result.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace dynix::json {
class record_reader;
}

namespace dynix::plan {

// Runs before anything changes: the service's own checker on the new configuration.
struct preflight_check {
    std::string name{};
    std::vector<std::string> command{}; // an absolute path first
    std::chrono::milliseconds at_most = std::chrono::seconds(30);
};

// Runs after the start, until it succeeds or its time is over.
struct probe_check {
    std::string name{};
    std::vector<std::string> command{};
    std::chrono::milliseconds at_most = std::chrono::seconds(5); // of each try
    std::chrono::milliseconds grace{};                           // before the first one
    std::chrono::milliseconds interval = std::chrono::seconds(1);
    std::chrono::milliseconds deadline = std::chrono::seconds(30); // after the grace period
    // The same of the static configuration. Not empty: a probe for which neither of the two
    // succeeds before the change says nothing after it, and is left out.
    std::vector<std::string> before{};
};

struct unit_checks {
    std::vector<preflight_check> preflights{};
    std::vector<probe_check> probes{};
};

// Those of a unit's record of plan.json; none where an older module wrote it.
unit_checks read_checks(json::record_reader& unit);

} // namespace dynix::plan
