// What became of units outside the plan while an activation ran: told, whoever caused it.
#pragma once

#include "dynix/activation/bystanders/unplanned.hpp"
#include "dynix/host/systemd.hpp"

#include <string>
#include <vector>

namespace dynix::activation {

struct unplanned_change {
    std::string unit{};
    std::string what{}; // "was started", "was stopped", "was restarted", "has failed"
    // Who did it, as far as the unit's own properties say: "OnFailure= of 'a.service'",
    // "'x.path' triggers it". Empty when nothing does.
    std::string why{};
    bool foreseen = false; // it was listed beforehand
};

// Compares the invocation ids and states of all units (systemd.exec(5), $INVOCATION_ID) with those
// of `before`; none when that is empty. Scopes are left out, which are other
// people's sessions, and timers of dynix itself.
// What keeps it from looking is added to `warnings`: it is no fault of what was done.
std::vector<unplanned_change> unplanned_changes(
    std::vector<host::unit_run> const& before, std::vector<std::string> const& planned,
    std::vector<unplanned_unit> const& foreseen, host::systemd& units,
    std::vector<std::string>& warnings);

// "'b.service' was started: OnFailure= of 'a.service'"
std::string describe(unplanned_change const& what);

} // namespace dynix::activation
