#include "dynix/activation/unchanged.hpp"

#include "dynix/activation/applied_state.hpp"
#include "dynix/activation/steps/reload.hpp"
#include "dynix/activation/steps/unit_operations.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dynix::activation {
namespace {

// A drop-in, or another file in the place of the unit's, that is not of the static configuration.
std::string other_file(checked_unit const& unit, host::machine& host) {
    auto const found = std::ranges::find_if(unit.texts, [&](auto const& one) {
        return !one.first.starts_with(host.where.static_units() + '/');
    });
    return found == unit.texts.end() ? std::string() : found->first;
}

} // namespace

std::vector<std::string> prove_unchanged(checked_plan& plan, host::machine& host) {
    std::vector<std::string> warnings;
    std::vector<std::string> names;
    names.reserve(plan.units.size());
    for (auto const& unit : plan.units)
        names.push_back(unit.name);
    auto statuses = host.units.statuses_with_files(names);
    auto status = statuses.begin();
    for (auto& unit : plan.units) {
        auto const* const before = recorded_run(plan, unit.name, unit.status);
        auto const shown = before && !before->shown ? command_shown::no : command_shown::yes;
        auto now = std::move(*status++);
        auto found =
            now ? prove_live(host, {unit.name, {}, unit.after, unit.before, {}, shown}, *now)
                : result<proof>(now.error());
        if (found)
            unit.proved = before ? as_recorded(std::move(*found), *before) : std::move(*found);
        if (!found || unit.proved.outcome == verdict::contradicted)
            warnings.push_back(fmt::format(
                "'{}' does not run what is applied: {}; 'systemctl restart {}' would", unit.name,
                found ? unit.proved.show() : found.error().message, unit.name));
        for (auto const& one : unit.proved.outdated)
            warnings.push_back(fmt::format(
                "'{}': {}; 'systemctl restart {}' loads it", unit.name, one, unit.name));
    }
    return warnings;
}

std::string why_not_as_planned(checked_unit const& unit) {
    switch (unit.proved.outcome) {
    case verdict::proven:
        return {};
    case verdict::not_provable:
        // A socket, a timer or a path that is up has been started with what systemd has loaded.
        if (unit.status.active() && !unit.name.ends_with(".service"))
            return {};
        return unit.proved.notes.empty() ? "it cannot be seen what it runs"
                                         : unit.proved.notes.front();
    case verdict::contradicted:
        break;
    }
    return "it does not run what is planned";
}

std::string why_not_static(checked_unit const& unit, host::machine& host) {
    auto const& status = unit.status;
    if (!status.active())
        return fmt::format("the unit is {} ({})", status.active_state, status.sub_state);
    if (unit.drop_in_now)
        return "an override is applied";
    if (auto const path = other_file(unit, host); !path.empty())
        return fmt::format("'{}' changes what it runs", path);
    if (!unit.name.ends_with(".service"))
        return {};
    auto const live = host.live.in_group(status.control_group);
    if (!live)
        return live.error().message;
    auto const found = prove(unit.before, unit.after, status, *live, {});
    if (found.outcome == verdict::not_provable)
        return found.notes.front();
    return found.outcome == verdict::proven ? std::string()
                                            : "it runs something else: " + found.show();
}

} // namespace dynix::activation
