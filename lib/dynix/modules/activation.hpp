// Makes a prepared system the one that runs, with its own switch-to-configuration, or puts the
// previous one back.
#pragma once

#include "dynix/base/exit_code.hpp"
#include "dynix/base/lock.hpp"
#include "dynix/modules/change.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::modules {

// The unit in which a system is activated, for as long as that takes.
inline constexpr auto switch_unit = "runtime-modules-switch.service";

struct activation_outcome {
    exit_code result = exit_code::refused; // done, refused, failed_restored or failed_left
    std::vector<error> errors{};
    std::vector<std::string> warnings{};
};

struct activation_options {
    host::milliseconds lock_patience = std::chrono::seconds(60);
    // Called as a phase begins: "wait", "activate", "restore"; with "" as it ends.
    std::function<void(std::string_view phase)> on_phase{};
    std::function<void(std::string const& holder)> on_wait{};
    // Called with the lock of switches held, before anything is changed.
    std::function<void()> on_begin{};
    process::line_callback on_line{}; // each line of what switch-to-configuration says
};

// One at a time: waits up to `patience` for another runtime-module. Only root can.
result<file_lock> take_lock(
    surroundings const& host, host::milliseconds patience,
    std::function<void(std::string const& holder)> const& on_wait);

// With the lock of take_lock held. `switch-to-configuration test` runs in a unit of its own, as
// that of nixos-rebuild does, so that what it stops does not end it; the lock of switches is its
// own, so it is waited for here and not held. The state says `activating` before the first change,
// and is that of the new system only after it runs.
activation_outcome activate(
    running_system const& now, prepared_change const& change, surroundings const& host,
    activation_options const& options);

} // namespace dynix::modules
