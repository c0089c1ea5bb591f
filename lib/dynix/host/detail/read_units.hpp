// Lets systemd's own parser read unit files: systemd-analyze(1), verify.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/host/unit_reading.hpp"
#include "dynix/process/runner.hpp"

#include <vector>

namespace dynix::host {

// The readings in the order of the units. The files are written into a folder of their own that
// only this user can enter, below TMPDIR or /tmp, and removed. An error: it could not be asked.
result<std::vector<unit_reading>>
read_units(std::vector<unit_text> const& wanted, process::runner& programs);

} // namespace dynix::host
