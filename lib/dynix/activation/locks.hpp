// The two locks of an activation: ours, and the one a NixOS switch holds.
#pragma once

#include "dynix/activation/clock.hpp"
#include "dynix/activation/paths.hpp"
#include "dynix/base/lock.hpp"
#include "dynix/base/result.hpp"

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
    paths const& where, bool of_switch_too, milliseconds patience,
    std::function<void(std::string const& holder)> const& on_wait);

} // namespace dynix::activation
