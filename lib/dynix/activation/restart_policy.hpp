// What a unit itself says against being restarted.
#pragma once

#include "dynix/activation/preflight.hpp"

#include <optional>
#include <string>

namespace dynix::activation {

// Why a switch does not restart this unit while it runs: RefuseManualStop= and RefuseManualStart=
// of systemd.unit(5), and what NixOS writes for restartIfChanged and its like. "must not be
// restarted when it changes ([Unit] X-RestartIfChanged=)"; nullopt: it does.
std::optional<std::string> why_kept_running(checked_unit const& unit);

enum class restart_for { apply, reset };

// Refuses the restart of such a unit, and of a frozen one, with what to do instead.
result<void> check_restart(checked_unit const& unit, restart_for what);

} // namespace dynix::activation
