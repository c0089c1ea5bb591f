#include "standing.hpp"

#include "dynix/base/file.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dynix::tool {
namespace {

bool declares(plan::planned_service const& service, std::string const& option) {
    return std::any_of(
        service.options.begin(), service.options.end(), [&](std::string const& declared) {
            return option == declared || option.starts_with(declared + ".");
        });
}

bool has_unit(plan::planned_service const& service, std::string const& name) {
    return std::any_of(
        service.units.begin(), service.units.end(),
        [&](plan::planned_unit const& planned) { return planned.name == name; });
}

// The units that an option reaches, by the plan that is applied; all of them when it does not say.
std::vector<activation::unit_report_now const*> units_of(
    std::string const& option, std::optional<plan::activation_plan> const& plan,
    activation::status_report const& now) {
    std::vector<activation::unit_report_now const*> out;
    auto const services =
        plan ? services_of(option, *plan) : std::vector<plan::planned_service const*>();
    for (auto const& unit : now.units)
        if (!plan || std::any_of(services.begin(), services.end(), [&](auto const* service) {
                return has_unit(*service, unit.name);
            }))
            out.push_back(&unit);
    return out;
}

// Whether the override has another value than the static configuration: the plan names the option
// that it is, or is part of.
bool differs(std::string const& option, plan::activation_plan const& plan) {
    return std::any_of(
        plan.overrides.begin(), plan.overrides.end(), [&](plan::planned_override const& one) {
            return option == one.option || option.starts_with(one.option + '.');
        });
}

override_standing standing_of(
    std::string option, std::string value, std::optional<plan::activation_plan> const& plan,
    activation::status_report const& now) {
    override_standing out{std::move(option), std::move(value), "live", {}};
    bool reaches_none = true;
    for (auto const* unit : units_of(out.option, plan, now)) {
        reaches_none = reaches_none && unit->standing == activation::unit_standing::static_;
        // A static one is among the planned units, and this override changes nothing in it.
        if (unit->standing == activation::unit_standing::live ||
            unit->standing == activation::unit_standing::static_) {
            if (out.reason.empty() && !unit->reason.empty())
                out.reason = fmt::format("{}: {}", unit->name, unit->reason);
            continue;
        }
        out.standing = unit->standing == activation::unit_standing::applied ? "applied" : "pending";
        out.reason = fmt::format("{}: {}", unit->name, unit->reason);
    }
    if (reaches_none && plan && differs(out.option, *plan)) {
        out.standing = "applied";
        out.reason = "it changes no unit of its service, so no process has it";
    }
    return out;
}

} // namespace

std::optional<plan::activation_plan> read_plan_if_any(std::string const& path) {
    if (auto const text = read_file(path))
        if (auto read = plan::read_plan(*text, path))
            return std::move(*read);
    return std::nullopt;
}

std::vector<plan::planned_service const*>
services_of(std::string const& option, plan::activation_plan const& in) {
    std::vector<plan::planned_service const*> out;
    for (auto const& service : in.services)
        if (declares(service, option))
            out.push_back(&service);
    return out;
}

std::vector<override_standing>
standings(overrides::dynamic_file const& file, activation::status_report const& now) {
    std::optional<plan::activation_plan> plan;
    if (now.recorded)
        plan = read_plan_if_any(now.recorded->plan);
    std::vector<override_standing> out;
    auto const effective = overrides::effective_overrides(file);
    for (auto const& one : effective) {
        auto option = syntax::print_attribute_path(one.what->path);
        auto const& value = one.what->value;
        if (!now.recorded) {
            out.push_back({std::move(option), value, "static", "nothing is applied"});
            continue;
        }
        auto const& applied = now.recorded->overrides;
        auto const found = std::find_if(
            applied.begin(), applied.end(), [&](auto const& it) { return it.option == option; });
        if (found == applied.end())
            out.push_back({std::move(option), value, "pending", "not applied yet"});
        else if (found->value != value)
            out.push_back(
                {std::move(option), value, "pending", fmt::format("{} is applied", found->value)});
        else
            out.push_back(standing_of(std::move(option), value, plan, now));
    }
    if (now.recorded)
        for (auto const& applied : now.recorded->overrides) {
            auto const kept = std::any_of(effective.begin(), effective.end(), [&](auto const& one) {
                return syntax::print_attribute_path(one.what->path) == applied.option;
            });
            if (!kept)
                out.push_back(
                    {applied.option, applied.value, "pending",
                     "taken out of the file, still applied"});
        }
    return out;
}

} // namespace dynix::tool
