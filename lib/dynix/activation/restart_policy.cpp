#include "dynix/activation/restart_policy.hpp"

#include "dynix/units/switch_policy.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace dynix::activation {
namespace {

bool refuses_by_hand(checked_unit const& unit) {
    return unit.status.refuse_manual_start || unit.status.refuse_manual_stop;
}

// What an earlier drop-in changed besides takes a restart to go.
bool only_reloads(checked_unit const& unit) {
    auto const& changes = unit.wanted.changes;
    return !unit.drop_in_now && !changes.empty() &&
           std::all_of(changes.begin(), changes.end(), [](units::directive_change const& one) {
               return one.section == "Unit" && one.key == "X-Reload-Triggers";
           });
}

std::string what_to_do(checked_unit const& unit, restart_for what) {
    bool const apply = what == restart_for::apply;
    if (refuses_by_hand(unit))
        return apply ? "put the change into the static configuration and reboot"
                     : "reboot: no override outlives that";
    if (apply)
        return fmt::format(
            "put the change into the static configuration: 'nixos-rebuild switch'; or stop '{}' "
            "and start it after the apply",
            unit.name);
    return fmt::format("stop '{}', and start it after the reset", unit.name);
}

} // namespace

std::optional<std::string> why_kept_running(checked_unit const& unit) {
    if (refuses_by_hand(unit))
        return "refuses to be restarted by hand";
    if (only_reloads(unit))
        return "wants to be reloaded and not restarted when it changes ([Unit] X-Reload-Triggers=)";
    return units::why_not_restarted(unit.after);
}

result<void> check_restart(checked_unit const& unit, restart_for what) {
    if (auto const why = why_kept_running(unit))
        return make_error(fmt::format("'{}' {}", unit.name, *why), what_to_do(unit, what));
    if (unit.status.frozen)
        return make_error(
            fmt::format("'{}' is frozen, and systemd restarts it only after that", unit.name),
            fmt::format("'systemctl thaw {}'", unit.name));
    return {};
}

} // namespace dynix::activation
