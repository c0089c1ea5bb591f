// Which units fail, and what a switch that ended with failures says of them.
#pragma once

#include "dynix/process/runner.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::modules {

// How switch-to-configuration ends when it has come to its end but something of the system fails,
// whether or not the switch has anything to do with it.
inline constexpr int switch_status_of_failures = 4;

using unit_set = std::set<std::string, std::less<>>;

// The units that are failed or wait to be started again, as switch-to-configuration counts them;
// nullopt when systemd does not say.
std::optional<unit_set> failing_units(process::runner& programs);

struct switch_failures {
    std::vector<std::string> old{};   // units that had failed before
    std::vector<std::string> fresh{}; // other units, and lines that tell of other failures
};

// Of units that fail after a switch and of what it said, by those that had failed before. Not every
// failure leaves a failed unit: a reload does not, nor does the activation script.
switch_failures failures_of(unit_set const& before, unit_set const& after, std::string_view said);

} // namespace dynix::modules
