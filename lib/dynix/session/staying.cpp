#include "dynix/session/staying.hpp"

#include "dynix/activation/static_changes.hpp"
#include "dynix/session/plans.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace dynix::session {
namespace {

using unit_names = std::set<std::string, std::less<>>;

bool has_one_of(plan::planned_service const& service, unit_names const& units) {
    return std::any_of(service.units.begin(), service.units.end(), [&](auto const& unit) {
        return units.contains(unit.name);
    });
}

bool reaches_one_of(
    std::string_view option, unit_names const& units, plan::activation_plan const& plan) {
    auto const services = services_of(option, plan);
    return std::any_of(services.begin(), services.end(), [&](auto const* service) {
        return has_one_of(*service, units);
    });
}

void add_units(unit_names& to, plan::planned_service const& service) {
    for (auto const& unit : service.units)
        to.insert(unit.name);
}

// Whether the plan says of each override and of each unit what it belongs to.
bool knows_all(
    plan::activation_plan const& plan, std::vector<activation::applied_override> const& overrides,
    unit_names const& units) {
    return std::all_of(
               overrides.begin(), overrides.end(),
               [&](auto const& one) { return !services_of(one.option, plan).empty(); }) &&
           std::all_of(units.begin(), units.end(), [&](auto const& unit) {
               return std::any_of(
                   plan.services.begin(), plan.services.end(),
                   [&](auto const& service) { return has_one_of(service, {unit}); });
           });
}

// With the units that cannot stay when these do not.
unit_names with_what_belongs_to(
    unit_names units, plan::activation_plan const& plan,
    std::vector<activation::applied_override> const& overrides) {
    for (std::size_t before = 0; before != units.size();) {
        before = units.size();
        for (auto const& service : plan.services)
            if (has_one_of(service, units))
                add_units(units, service);
        for (auto const& one : overrides)
            if (reaches_one_of(one.option, units, plan))
                for (auto const* service : services_of(one.option, plan))
                    add_units(units, *service);
    }
    return units;
}

} // namespace

result<staying_overrides> overrides_that_stay(
    activation::state const& applied, std::string const& system, host::runtime_files& files) {
    staying_overrides out;
    if (applied.now != activation::record_state::applied) {
        out.taken_back = applied.overrides;
        return out;
    }
    auto changed = activation::units_that_change(applied, system + "/etc/systemd/system", files);
    if (!changed)
        return changed.error();
    out.changed = std::move(*changed);
    if (out.changed.empty()) {
        out.stays = applied;
        return out;
    }
    unit_names units(out.changed.begin(), out.changed.end());
    auto const plan = read_plan_if_any(applied.plan);
    if (!plan || !knows_all(*plan, applied.overrides, units)) {
        out.taken_back = applied.overrides;
        return out;
    }
    units = with_what_belongs_to(std::move(units), *plan, applied.overrides);
    auto stays = applied;
    std::erase_if(stays.units, [&](auto const& unit) { return units.contains(unit.name); });
    std::erase_if(stays.overrides, [&](auto const& one) {
        bool const goes = reaches_one_of(one.option, units, *plan);
        if (goes)
            out.taken_back.push_back(one);
        return goes;
    });
    if (!stays.overrides.empty())
        out.stays = std::move(stays);
    return out;
}

} // namespace dynix::session
