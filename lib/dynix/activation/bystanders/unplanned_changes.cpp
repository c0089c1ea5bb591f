#include "dynix/activation/bystanders/unplanned_changes.hpp"

#include "dynix/activation/record/own_units.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace dynix::activation {
namespace {

bool is_among(std::vector<std::string> const& all, std::string const& name) {
    return std::ranges::find(all, name) != all.end();
}

constexpr char const* was_started = "was started";

std::string what_changed(host::unit_run const& before, host::unit_run const& now) {
    if (before.up() && !now.up())
        return now.active_state == "failed" ? "has failed" : "was stopped";
    if (before.invocation_id == now.invocation_id)
        return {};
    // One that ran to its end meanwhile was started, too.
    return before.up() ? "was restarted" : was_started;
}

std::string cause(host::unit_relations const& unit, std::vector<std::string> const& planned) {
    for (auto const& link : unit.links) {
        if (link.property == "TriggeredBy")
            return fmt::format("'{}' triggers it", link.unit);
        if ((link.property == "OnFailureOf" || link.property == "OnSuccessOf") &&
            is_among(planned, link.unit))
            return fmt::format(
                "{}= of '{}'", link.property.substr(0, link.property.size() - 2), link.unit);
    }
    return {};
}

// Whether a start of sysinit.target starts it too, also by way of other units.
result<bool> starts_with_boot(std::string const& unit, host::systemd& units) {
    std::set<std::string> seen{unit};
    for (std::vector<std::string> now{unit}; !now.empty();) {
        auto const relations = units.relations(now);
        if (!relations)
            return relations.error();
        now.clear();
        for (auto const& one : *relations)
            for (auto const& link : one.links) {
                if (link.property != "WantedBy" && link.property != "RequiredBy" &&
                    link.property != "BoundBy" && link.property != "UpheldBy")
                    continue;
                if (link.unit == "sysinit.target")
                    return true;
                if (seen.insert(link.unit).second)
                    now.push_back(link.unit);
            }
    }
    return false;
}

result<std::vector<unplanned_change>> compare(
    std::vector<host::unit_run> const& before, std::vector<std::string> const& planned,
    std::vector<unplanned_unit> const& foreseen, host::systemd& units) {
    auto const now = units.runs(planned);
    if (!now)
        return now.error();
    std::map<std::string, std::pair<host::unit_run, host::unit_run>> all;
    for (auto const& one : before)
        all[one.name].first = one;
    for (auto const& one : *now)
        all[one.name].second = one;
    std::vector<unplanned_change> found;
    std::vector<std::string> changed;
    // A unit that is not loaded on one side was, or is, not running.
    auto const or_inactive = [](host::unit_run run) {
        if (run.active_state.empty())
            run.active_state = "inactive";
        return run;
    };
    for (auto const& one_unit : all) {
        auto const& name = one_unit.first; // clang 14 captures no structured binding
        auto const& runs = one_unit.second;
        if (is_among(planned, name) || name.ends_with(".scope") || is_own_unit(name))
            continue;
        auto what = what_changed(or_inactive(runs.first), or_inactive(runs.second));
        // An inactive unit that was unloaded has no invocation any more.
        if (what.empty() || (runs.second.invocation_id.empty() && !runs.first.up()))
            continue;
        auto const known =
            std::any_of(foreseen.begin(), foreseen.end(), [&](unplanned_unit const& one) {
                return one.name == name;
            });
        found.push_back({name, std::move(what), {}, known});
        changed.push_back(name);
    }
    if (changed.empty())
        return found;
    auto const relations = units.relations(changed);
    if (!relations)
        return relations.error();
    for (std::size_t i = 0; i < found.size(); ++i) {
        auto& one = found[i];
        one.why = cause((*relations)[i], planned);
        if (!one.why.empty() || one.what != was_started)
            continue;
        auto const by_boot = starts_with_boot(one.unit, units);
        if (!by_boot)
            return by_boot.error();
        if (*by_boot)
            one.why = "every start of a unit starts what 'sysinit.target' needs";
    }
    return found;
}

} // namespace

std::vector<unplanned_change> unplanned_changes(
    std::vector<host::unit_run> const& before, std::vector<std::string> const& planned,
    std::vector<unplanned_unit> const& foreseen, host::systemd& units,
    std::vector<std::string>& warnings) {
    if (before.empty())
        return {};
    auto found = compare(before, planned, foreseen, units);
    if (found)
        return std::move(*found);
    warnings.push_back(fmt::format(
        "whether other units have changed meanwhile is not known: {}", found.error().message));
    return {};
}

std::string describe(unplanned_change const& what) {
    auto const why = !what.why.empty() ? what.why
                     : what.foreseen   ? std::string("as its dependencies have it")
                                       : std::string("by nothing that was known beforehand");
    return fmt::format("'{}', which is not in the plan, {}: {}", what.unit, what.what, why);
}

} // namespace dynix::activation
