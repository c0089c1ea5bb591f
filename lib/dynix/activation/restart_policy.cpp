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

unit_change const* change_by_own_word(checked_unit const& unit) {
    if (!why_kept_running(unit))
        return change_by_files(unit);
    if (!is_up(unit.status))
        return &changes::defer;
    if (refuses_by_hand(unit))
        return &changes::restart;
    auto const policy = units::read_switch_policy(unit.after);
    return policy == units::switch_policy::reload || only_triggers_reload(unit) ? &changes::reload
           : policy == units::switch_policy::leave                              ? &changes::leave
                                                                                : &changes::restart;
}

bool never_had_override(checked_unit const& unit, state const& recorded) {
    if (auto const* const one = recorded.find(unit.name); one && one->is_run(unit.status))
        return one->how == taken::not_yet;
    auto const* const before = recorded.interrupted(unit.name);
    return before && !before->drop_in && !before->invocation_id.empty() &&
           before->invocation_id == unit.status.invocation_id;
}

result<void> check_own_word(checked_unit const& unit, change_for_what what) {
    bool const restarts = unit.change == &changes::restart;
    auto const why = why_kept_running(unit);
    if (why && (restarts || (unit.change == &changes::leave && what == change_for_what::reset)))
        return make_error(fmt::format("'{}' {}", unit.name, *why), what_to_do(unit, what));
    if (why && !unit.change->possible(unit.after))
        return make_error(
            fmt::format("'{}' {}, and {}", unit.name, *why, unit.change->impossible),
            what_to_do(unit, what));
    if (unit.status.frozen && unit.change->begins)
        return make_error(
            fmt::format(
                "'{}' is frozen, and systemd {}s it only after that", unit.name, unit.change->name),
            fmt::format("'systemctl thaw {}'", unit.name));
    return {};
}

} // namespace dynix::activation
