// A unit of the fake service manager, and the clock that it waits by.
#pragma once

#include "dynix/host/machine.hpp"
#include "dynix/units/unit_file.hpp"

#include <chrono>
#include <map>
#include <string>

namespace dynix::activation {

class fake_clock : public host::clock {
  public:
    host::time_point time{};
    host::time_point now() override { return time; }
    std::string date() override { return "2026-11-23T01:33:00Z"; }
};

// A unit file, what the manager has loaded of it, and its one process.
struct fake_unit {
    host::unit_status status{};
    units::unit_file loaded{};
    host::live_process process{};
    host::unit_timeouts timeouts{std::chrono::seconds(90), std::chrono::seconds(90)};
    units::unit_file reloaded_with{};                     // what was loaded at its last reload
    bool hidden = false;                                  // /proc does not show its process
    host::unit_relations relations{};                     // what is not in `status`
    std::map<std::string, host::seen_file> credentials{}; // of its run
};

// Properties that systemd keeps on both sides (systemd.unit(5)).
inline constexpr char const* inverse_relations[][2] = {
    {"Requires", "RequiredBy"},
    {"Requisite", "RequisiteOf"},
    {"Wants", "WantedBy"},
    {"BindsTo", "BoundBy"},
    {"Upholds", "UpheldBy"},
    {"PartOf", "ConsistsOf"},
    {"Conflicts", "ConflictedBy"},
    {"PropagatesStopTo", "StopPropagatedFrom"},
    {"OnFailure", "OnFailureOf"},
    {"Triggers", "TriggeredBy"},
    {"PropagatesReloadTo", "ReloadPropagatedFrom"}};

} // namespace dynix::activation
