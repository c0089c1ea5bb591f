#include "dynix/activation/steps/restart_policy.hpp"

#include "dynix/activation/steps/programme.hpp"
#include "dynix/activation/steps/reload.hpp"
#include "dynix/activation/steps/unit_states.hpp"
#include "dynix/units/switch_policy.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace dynix::activation {
namespace {

bool refuses_by_hand(checked_unit const& unit) {
    return unit.status.refuse_manual_start || unit.status.refuse_manual_stop;
}

bool has_policy(checked_unit const& unit, units::switch_policy policy) {
    return units::read_switch_policy(unit.after) == policy;
}

std::string why_by_policy(checked_unit const& unit) {
    return units::why_not_restarted(unit.after).value_or("");
}

// What keeps a unit from being restarted: whether it does, how that is said, and what becomes of
// the unit while it runs, where `restart` is refused. The first one that holds counts.
struct own_word {
    bool (*holds)(checked_unit const& unit);
    std::string (*why)(checked_unit const& unit);
    unit_change const* change;
};

constexpr own_word own_words[] = {
    {refuses_by_hand,
     [](checked_unit const&) -> std::string { return "refuses to be restarted by hand"; },
     &changes::restart},
    {only_triggers_reload,
     [](checked_unit const&) -> std::string {
         return "wants to be reloaded and not restarted when it changes "
                "([Unit] X-Reload-Triggers=)";
     },
     &changes::reload},
    {[](checked_unit const& unit) { return has_policy(unit, units::switch_policy::reload); },
     why_by_policy, &changes::reload},
    {[](checked_unit const& unit) { return has_policy(unit, units::switch_policy::leave); },
     why_by_policy, &changes::leave}};

constexpr bool is_listed(unit_change const* what) {
    return std::find(std::begin(changes::all), std::end(changes::all), what) !=
           std::end(changes::all);
}
static_assert(
    std::all_of(
        std::begin(own_words), std::end(own_words),
        [](own_word const& one) { return is_listed(one.change); }) &&
        std::all_of(std::begin(changes::of_files), std::end(changes::of_files), is_listed),
    "a record of a change that is not in changes::all could not be read");

// nullptr: nothing keeps it from that.
own_word const* own_word_of(checked_unit const& unit) {
    auto const* const found =
        std::ranges::find_if(own_words, [&](own_word const& one) { return one.holds(unit); });
    return found == std::end(own_words) ? nullptr : found;
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
    auto const* const word = own_word_of(unit);
    return word ? std::optional(word->why(unit)) : std::nullopt;
}

unit_change const* change_by_own_word(checked_unit const& unit) {
    auto const* const word = own_word_of(unit);
    if (!word)
        return change_by_files(unit);
    return is_up(unit.status) ? word->change : &changes::defer;
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

std::vector<error> check_stops_along(std::vector<checked_unit> const& units, change_for_what what) {
    std::vector<error> refused;
    // One that needs no change systemd restarts with the others, unless these stop first.
    auto const comes_back = [&](checked_unit const& unit) {
        return unit.change == &changes::none &&
               std::ranges::none_of(units, [&](checked_unit const& other) {
                   auto const& along = other.status.stopped_with_it;
                   return other.change == &changes::restart &&
                          (hands_stop_on(other, unit.name) ||
                           (stops_before_reload(other) &&
                            std::ranges::find(along, unit.name) != along.end()));
               });
    };
    for (auto const& unit : units)
        if (unit.change != &changes::restart && goes_down_along(unit, units) && !comes_back(unit))
            if (auto const why = why_kept_running(unit))
                refused.push_back(make_error(
                    fmt::format(
                        "'{}' {}, and systemd stops it with another unit of the plan", unit.name,
                        *why),
                    what_to_do(unit, what)));
    return refused;
}

} // namespace dynix::activation
