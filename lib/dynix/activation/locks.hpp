// The two locks of an activation: ours, and the one a NixOS switch holds.
#pragma once

#include "dynix/base/lock.hpp"
#include "dynix/base/result.hpp"
#include "dynix/host/clock.hpp"
#include "dynix/host/paths.hpp"

#include <functional>
#include <optional>
#include <string>

namespace dynix::activation {

struct held_locks {
    std::optional<file_lock> ours{};
    std::optional<file_lock> of_switch{};
};

// Waits up to `patience` for each. `on_wait` gets who is waited for; an error names the holder.
result<held_locks> take_locks(
    host::paths const& where, bool of_switch_too, host::milliseconds patience,
    std::function<void(std::string const& holder)> const& on_wait);

} // namespace dynix::activation
