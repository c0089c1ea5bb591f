// The way back that what is applied carries itself: a unit below /run that a switch starts, also a
// switch to a system without dynix, which has no unit of its own for it.
#pragma once

#include "dynix/host/machine.hpp"

namespace dynix::activation {

// Writes 'dynix-return.service' and what a switch finds it by: the link of
// sysinit-reactivation.target, which switch-to-configuration restarts after its daemon-reload and
// which no boot starts. The unit runs this very program, which is a GC root as long as /run lives.
// What is there already is left alone. systemd knows the unit after its next reload.
result<void> lay_way_back(host::machine& host);

// Removes all of it, the last step of every return. That systemd still knows the unit until its
// next reload does no harm: with nothing applied there is nothing that it would do.
result<void> remove_way_back(host::machine& host);

} // namespace dynix::activation
