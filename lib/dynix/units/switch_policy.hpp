// What a unit says about how a switch may change it (NixOS manual, "Unit handling").
#pragma once

#include "dynix/units/unit_file.hpp"

#include <optional>
#include <string>

namespace dynix::units {

enum class switch_policy {
    restart, // the default, with or without X-StopIfChanged=
    reload,  // X-ReloadIfChanged=: reloadIfChanged = true
    leave,   // X-RestartIfChanged=false or X-OnlyManualStart=: restartIfChanged = false
};

// As switch-to-configuration reads the new unit file, in its order: a reload counts before the
// others. NixOS writes X-ReloadIfChanged= and X-RestartIfChanged= into [Service], where today's
// switch-to-configuration looks, and X-OnlyManualStart= into [Unit]; older ones did not look at the
// section, so that each counts in either.
switch_policy read_switch_policy(unit_file const& unit);

// Why a unit with such a policy is not restarted, with the directive that says so: "must not be
// restarted when it changes ([Unit] X-RestartIfChanged=)"; nullopt: it is.
std::optional<std::string> why_not_restarted(unit_file const& unit);

// Whether a switch to a system without this unit stops it: not with X-StopOnRemoval=false.
bool is_stopped_when_removed(unit_file const& unit);

// RefuseManualStop=, with which a switch leaves the unit as it runs, too.
bool refuses_manual_stop(unit_file const& unit);

} // namespace dynix::units
