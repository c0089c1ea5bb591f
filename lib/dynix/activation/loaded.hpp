// Whether a drop-in gives what the whole unit would give, by systemd's own reading of both.
#pragma once

#include "dynix/activation/preflight.hpp"

namespace dynix::activation {

// systemd ignores an assignment that it cannot read (systemd.syntax(7)): in a drop-in the value of
// the unit file stays, in the whole unit of a rebuild it would be the default. So systemd is given
// both to load, as units of other names that nothing starts, and what it has loaded is compared.
// Refused: a difference, with its directives. Done only where a directive changes whose last
// assignment counts; a list is cleared and given anew, which is the same on both sides.
//
// Writes two files into /run/systemd/system and removes them.
result<void> check_loads_the_same(checked_unit const& unit, host::machine& on);

} // namespace dynix::activation
