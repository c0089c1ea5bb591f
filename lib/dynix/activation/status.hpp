// What is applied now, unit by unit, and whether the live processes have it.
#pragma once

#include "dynix/activation/proof/proof.hpp"
#include "dynix/activation/record/state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dynix::activation {

enum class unit_standing {
    static_, // no drop-in, and none is recorded
    pending, // recorded or in place, but what runs is something else; `reason` says what
    applied, // in place; the unit is not running or cannot show it
    live,    // in place, and a live process has it
};

std::string to_string(unit_standing standing);

struct unit_report_now {
    std::string name{};
    unit_standing standing = unit_standing::static_;
    std::string reason{}; // for pending and applied; for live, what else is there
    host::unit_status status{};
    proof proved{};
    bool starting = false; // systemd has not executed its command yet (executed.hpp)
};

struct status_report {
    std::optional<state> recorded{};
    std::vector<unit_report_now> units{}; // those of the state
    std::vector<std::string> strays{};    // units with a dynix drop-in that the state does not know
    bool unfinished = false;              // an activation was interrupted: apply or reset
    // The process that carries out an activation just now, which has changed something already.
    std::optional<std::string> under_way{};
    bool all_live() const;
};

// Needs no root, except that /proc shows the environment of other users' processes only to root.
// A unit that is starting is waited for, so that the report says what its own process has.
// While an activation is under way, the reason of a pending unit that it changes says that alone.
result<status_report> current_status(host::machine& host);

} // namespace dynix::activation
