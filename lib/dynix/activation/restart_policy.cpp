#include "dynix/activation/restart_policy.hpp"

#include "dynix/activation/reload.hpp"
#include "dynix/units/switch_policy.hpp"

#include <fmt/format.h>

namespace dynix::activation {
namespace {

bool refuses_by_hand(checked_unit const& unit) {
    return unit.status.refuse_manual_start || unit.status.refuse_manual_stop;
}

std::string what_to_do(checked_unit const& unit, change_for_what what) {
    bool const apply = what == change_for_what::apply;
    if (refuses_by_hand(unit))
        return apply ? "put the change into the static configuration and reboot"
                     : "reboot: no override outlives that";
    return apply ? fmt::format("stop '{}', and start it after the apply", unit.name)
                 : fmt::format("stop '{}', and start it after the reset", unit.name);
}

} // namespace

std::optional<std::string> why_kept_running(checked_unit const& unit) {
    if (refuses_by_hand(unit))
        return "refuses to be restarted by hand";
    if (only_triggers_reload(unit))
        return "wants to be reloaded and not restarted when it changes ([Unit] X-Reload-Triggers=)";
    return units::why_not_restarted(unit.after);
}

unit_change change_by_own_word(checked_unit const& unit) {
    if (!why_kept_running(unit))
        return reload_is_enough(unit) ? unit_change::reload : unit_change::restart;
    if (!is_up(unit.status))
        return unit_change::defer;
    if (refuses_by_hand(unit))
        return unit_change::restart;
    auto const policy = units::read_switch_policy(unit.after);
    return policy == units::switch_policy::reload || only_triggers_reload(unit)
               ? unit_change::reload
           : policy == units::switch_policy::leave ? unit_change::leave
                                                   : unit_change::restart;
}

result<void> check_own_word(checked_unit const& unit, change_for_what what) {
    bool const restarts = unit.change == unit_change::restart;
    bool const reloads = unit.change == unit_change::reload;
    auto const why = why_kept_running(unit);
    if (why && (restarts || (unit.change == unit_change::leave && what == change_for_what::reset)))
        return make_error(fmt::format("'{}' {}", unit.name, *why), what_to_do(unit, what));
    if (why && reloads && !can_reload(unit.after))
        return make_error(
            fmt::format("'{}' {}, and has no ExecReload= to reload with", unit.name, *why),
            what_to_do(unit, what));
    if (unit.status.frozen && (restarts || reloads))
        return make_error(
            fmt::format(
                "'{}' is frozen, and systemd {} it only after that", unit.name,
                reloads ? "reloads" : "restarts"),
            fmt::format("'systemctl thaw {}'", unit.name));
    return {};
}

} // namespace dynix::activation
