// A unit that is reloaded and not restarted (ExecReload= of systemd.service(5)): when that is
// enough, and what is known of its process, which stays what it was started as.
#pragma once

#include "dynix/activation/preflight.hpp"
#include "dynix/activation/transaction.hpp"

#include <vector>

namespace dynix::activation {

// Whether nothing but [Unit] X-Reload-Triggers= differs between what the unit runs, or may run
// after an activation that did not end, and what it is to run.
bool only_triggers_reload(checked_unit const& unit);

// Whether a unit that runs has to be reloaded only, as nothing differs but files of it for which
// that is declared to be enough (file_links.hpp).
bool reload_is_enough(checked_unit const& unit);

// Whether systemd takes a reload job for it: ExecReload=, or Type=notify-reload.
bool can_reload(units::unit_file const& unit);

// What is known of a unit that was reloaded, by what its processes show: a command line,
// environment or credential of its start contradicts nothing, since a reload changes none of them.
// Proven is only what was `shown` besides (taken::by_shown_reload), because a job that is done says
// no more than that ExecReload= ended well.
proof after_reload(proof found, bool shown);

// A line for each unit that was restarted because its reload was not enough, and why.
// systemd, or an activation, stops some units for another one that is restarted: there is nothing
// left of them to reload, so they are restarted too.
void restart_what_stops_along(std::vector<checked_unit>& units);

void warn_of_fallbacks(std::vector<step> const& steps, std::vector<std::string>& warnings);

// The same of a run by its record: what it has not taken yet, or by a reload, contradicts nothing.
proof as_recorded(proof found, applied_unit const& recorded);

// The kinds of steps: queue the reload jobs, and look at the units afterwards. A unit with files is
// watched meanwhile: its process must find the new ones in its own mounts and open them, and start
// workers where it is declared to. When that is not shown, or the reload fails, the unit is
// restarted instead, unless its own word is against that.
void reload_units(transaction& in, std::vector<step>& now);
void prove_reloads(transaction& in, std::vector<step>& now);

} // namespace dynix::activation
