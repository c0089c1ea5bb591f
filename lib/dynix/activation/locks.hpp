// The two locks of an activation: ours, and the one a NixOS switch holds.
#pragma once

#include "dynix/activation/steps/progress.hpp"
#include "dynix/base/lock.hpp"
#include "dynix/base/result.hpp"
#include "dynix/host/clock.hpp"
#include "dynix/host/paths.hpp"

#include <optional>

namespace dynix::activation {

struct held_locks {
    std::optional<file_lock> ours{};
    std::optional<file_lock> of_switch{};
};

// Waits up to `patience` for each, and tells `progress` for whom; an error names the holder. While
// it waits for a switch it does not hold ours, for which the switch may wait.
result<held_locks> take_locks(
    host::paths const& where, bool of_switch_too, host::milliseconds patience, phases& progress);

// The error for whom the kernel would not let change units.
result<void> check_root();

} // namespace dynix::activation
