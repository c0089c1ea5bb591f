// Whether systemd can read what a plan changes.
#pragma once

#include "dynix/activation/preflight/preflight.hpp"

namespace dynix::activation {

// systemd ignores an assignment that it cannot read (systemd.syntax(7)): no process would have it,
// and in a drop-in the value of the unit file would stay, where a rebuild brings the default. So
// systemd reads each unit as it would be, with its drop-in, before anything is changed. Refused: a
// unit that it would not load, and a change of a directive whose last assignment counts and cannot
// be read. Other assignments of the change that it would ignore are warnings, and so is a systemd
// that cannot be asked.
void check_unreadable(checked_plan& plan, host::machine& host);

} // namespace dynix::activation
