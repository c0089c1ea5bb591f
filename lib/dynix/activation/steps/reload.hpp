// A unit that is reloaded and not restarted (ExecReload= of systemd.service(5)): when that is
// enough, and what is known of its process, which stays what it was started as.
#pragma once

#include "dynix/activation/record/state.hpp"
#include "dynix/activation/steps/checked_unit.hpp"
#include "dynix/activation/steps/step.hpp"
#include "dynix/activation/steps/unit_change.hpp"
#include "dynix/host/machine.hpp"

#include <string>
#include <vector>

namespace dynix::activation {

// Whether nothing but [Unit] X-Reload-Triggers= differs between what the unit runs, or may run
// after an activation that did not end, and what it is to run.
bool only_triggers_reload(checked_unit const& unit);

// Less than a restart where a unit runs, and nothing differs but files of it for which that is
// declared to be enough (file_links.hpp).
unit_change const* change_by_files(checked_unit const& unit);

// What is known of a unit that was reloaded, by what its processes show: a command line,
// environment or credential of its start contradicts nothing, since a reload changes none of them.
// Proven is only what was `shown` besides (taken::by_shown_reload), because a job that is done says
// no more than that ExecReload= ended well.
proof after_reload(proof found, bool shown);

// Whether systemd, or an activation, stops the unit for another of these that is restarted.
bool goes_down_along(checked_unit const& unit, std::vector<checked_unit> const& units);

// Of those there is nothing left to reload, or to leave as it is: so they are restarted too, and
// proved; but those that ask not to be restarted (check_stops_along), unless `against_own_word`.
void restart_what_stops_along(std::vector<checked_unit>& units, bool against_own_word = false);

// A line for each unit that was restarted because its change was not enough, and why.
void warn_of_fallbacks(std::vector<step> const& steps, std::vector<std::string>& warnings);

// The same of a run by its record: what it has not taken yet, or by a reload, contradicts nothing.
proof as_recorded(proof found, applied_unit const& recorded);

} // namespace dynix::activation
