// Overrides and runtime modules: what stays applied when runtime-module activates another system.
#pragma once

#include "dynix/host/machine.hpp"

namespace dynix::tool {

// Whether the switch that is running is one of runtime-module to a system in which every unit with
// an override has the file that it was applied over: then all of them stay, which is noted. A
// switch of nixos-rebuild always takes everything back.
bool stays_in_this_switch(host::machine& on);

} // namespace dynix::tool
