// Overrides and runtime modules: what stays applied when runtime-module activates another system.
#pragma once

#include "dynix/host/machine.hpp"
#include "dynix/session/staying.hpp"

#include <optional>

namespace dynix::tool {

// What stays of the applied overrides when the switch that is running is one of runtime-module;
// nullopt for every other switch, which takes everything back, and where nothing is applied.
std::optional<session::staying_overrides> stays_in_this_switch(host::machine& host);

// Says which overrides stay and which do not.
void note_what_stays(session::staying_overrides const& what);

} // namespace dynix::tool
