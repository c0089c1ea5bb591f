// Files below /etc by which a unit finds its configuration. NixOS has a link there, /etc/PATH to
// /etc/static/PATH, and makes it anew at each switch and each boot (setup-etc); an apply points it
// elsewhere, and what is not reached by a switch or a boot, a reset points back.
//
// Which links those are stands in the unit's drop-in, so that all that looks after drop-ins (state,
// restore, reset, status) looks after them:
//
//     [Unit]
//     X-Dynix-Reload-File=/etc/nginx/nginx.conf /nix/store/x-nginx.conf workers
//
// The key says what another file takes (unit_change.hpp). systemd ignores it (systemd.unit(5)).
#pragma once

#include "dynix/activation/steps/checked_unit.hpp"
#include "dynix/activation/steps/transaction.hpp"
#include "dynix/plan/drift.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::activation {

// The links that a unit's text names; of a path that is named twice, the last one.
std::vector<file_link> links_of(units::unit_file const& unit);

// What another file of those that the text names takes: one of plan::file_actions.
std::string_view file_action_of(units::unit_file const& unit);

// Whether a planned unit has another file.
bool changes_files(plan::planned_unit const& planned);

// Adds to the unit's planned text the links of those files that change.
void add_links(units::unit_file& to, plan::planned_unit const& planned);

// The drop-ins with which a unit may run after an activation that did not end, or not: the one of
// before it, and the one that was applied, which a reset may have taken away.
std::vector<std::optional<std::string>>
drop_ins_before(std::string_view unit, state const& recorded);

// All that the drop-ins of a unit name: the one that is there, those that the state knows.
std::vector<file_link> links_before(
    std::string_view unit, std::optional<std::string> const& drop_in_now, state const& recorded);

// Where NixOS has the link lead: "/etc/static/nginx/nginx.conf".
std::string static_target(std::string const& path);

// The configuration on disk has another static file than the system that runs.
result<std::optional<plan::drifted_unit>>
file_drift(plan::planned_unit const& planned, host::machine& host);

// Sets the links of a unit, by what `after`, the drop-in and the state say. Says whether each leads
// where it is to lead, and none besides to a file of ours. Refused: a file that is to be switched
// and is no link of NixOS's, but one that somebody has put there or that is copied.
result<bool> find_links(checked_unit& unit, state const& recorded, host::machine& host);

// Of a unit that was restarted: a process with mounts of its own may have another file in a link's
// place, and is not proven then.
void look_at_links(checked_unit& unit, host::machine& host);

// The kinds of steps. What somebody else has put in the place of a link stays.
void put_back_files(transaction& in, std::vector<step>& now);
void switch_files(transaction& in, std::vector<step>& now);

} // namespace dynix::activation
