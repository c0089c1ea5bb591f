// What a unit itself says against being restarted.
#pragma once

#include "dynix/activation/record/state.hpp"
#include "dynix/activation/steps/checked_unit.hpp"
#include "dynix/activation/steps/unit_change.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dynix::activation {

// Why a switch does not restart this unit while it runs: RefuseManualStop= and RefuseManualStart=
// of systemd.unit(5), and what NixOS writes for restartIfChanged and its like. "must not be
// restarted when it changes ([Service] X-RestartIfChanged=)"; nullopt: it does.
std::optional<std::string> why_kept_running(checked_unit const& unit);

// What becomes of a unit that would be restarted, as a switch does it (NixOS manual, "Unit
// handling"): what its own word says (own_words in the .cpp), or `defer` when such a unit does not
// run after all; else `restart`, or less where only files change (change_by_files).
unit_change const* change_by_own_word(checked_unit const& unit);

// Whether the run of a unit that an apply has left running has had nothing of the change.
bool never_had_override(checked_unit const& unit, state const& recorded);

enum class change_for_what { apply, reset };

// Refuses, with what to do instead: the restart of a unit that refuses it by hand; a change that is
// not possible for it, or of a frozen unit; and that a reset leaves a unit as it is.
result<void> check_own_word(checked_unit const& unit, change_for_what what);

// Refuses to take down, with a unit that is restarted, those that ask not to be restarted.
std::vector<error> check_stops_along(std::vector<checked_unit> const& units, change_for_what what);

} // namespace dynix::activation
