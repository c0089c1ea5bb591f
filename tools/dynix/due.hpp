// Overrides that end by themselves, and what a soft reboot leaves of the timers.
#pragma once

#include "dynix/base/exit_code.hpp"
#include "dynix/host/machine.hpp"
#include "dynix/overrides/ending.hpp"

#include <string>

namespace dynix::tool {

// Behind a soft reboot, which keeps /run but may stop timers: has systemd take back what still
// waits to be confirmed.
result<void> arm_what_waits(host::machine& host);

// Has systemd run 'dynix due' for this dynamic file when such an entry ends, or at once when it is
// over.
result<void> arm_end(overrides::ending const& ends, std::string const& file, host::machine& host);

// Whether it is over, and nothing is armed to take it back.
bool is_lost(overrides::ending const& ends, host::machine& host);

// The same for each entry of the file that is not over yet, also where a person wrote its end, and
// for each that is applied of it.
result<void> arm_ends(std::string const& file, host::machine& host);

// The same for each entry of `configuration`, a text of that file which is applied now. One whose
// time was over while it was being applied ends at once.
result<void>
arm_applied_ends(std::string const& configuration, std::string const& file, host::machine& host);

// Takes the entries that are over out of the dynamic file; the error of a file that cannot be read
// is left to who reads it next. What could not be taken back is noted.
void undo_expired(std::string const& file, host::machine& host);

// The same, and the running services go back to what is applied without them; systemd is to come
// back for each that is not over yet.
exit_code take_back_expired(std::string const& file, host::machine& host);

} // namespace dynix::tool
