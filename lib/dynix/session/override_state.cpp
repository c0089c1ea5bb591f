#include "dynix/session/override_state.hpp"

#include "dynix/overrides/effective.hpp"
#include "dynix/session/override_ids.hpp"
#include "dynix/session/plans.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dynix::session {
namespace {

using activation::unit_standing;

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

// Of an override that is applied with the value it has in the file.
override_report by_its_units(
    std::string option, std::string value, std::optional<plan::activation_plan> const& plan,
    activation::status_report const& now) {
    override_report out{std::move(option), std::move(value), override_state::live, {}, {}, 0};
    bool reaches_none = true;
    for (auto const* unit : units_of(out.option, plan, now)) {
        reaches_none = reaches_none && unit->standing == unit_standing::static_;
        auto const reason = fmt::format("{}: {}", unit->name, unit->reason);
        switch (unit->standing) {
        case unit_standing::live:
        case unit_standing::static_: // a planned unit in which this override changes nothing
            if (out.reason.empty() && !unit->reason.empty())
                out.reason = reason;
            break;
        case unit_standing::applied:
            // What is pending in another unit is not applied.
            if (out.state == override_state::pending)
                break;
            out.state = override_state::applied;
            out.reason = reason;
            break;
        case unit_standing::pending:
            out.state = override_state::pending;
            out.reason = reason;
            break;
        }
    }
    if (reaches_none && plan && differs(out.option, *plan)) {
        out.state = override_state::applied;
        out.reason = "it changes no unit of its service, so no process has it";
    }
    return out;
}

// Why a file has no override in effect at the path.
std::string_view why_not_in_effect(std::string const& option, overrides::dynamic_file const& file) {
    for (auto const& from : file.entries)
        for (auto const& what : from.overrides)
            if (syntax::print_attribute_path(what.path) == option)
                return "overridden in the file";
    return "taken out of the file";
}

// When what is applied ends, whatever the file says by now.
class applied_ends {
  public:
    explicit applied_ends(std::optional<activation::state> const& applied)
        : file_(applied_file(applied ? &*applied : nullptr)) {}

    overrides::ending of(std::int64_t number) const {
        if (!file_)
            return {};
        auto const from = std::ranges::find(file_->entries, number, &overrides::entry::number);
        return from == file_->entries.end() ? overrides::ending() : from->ends;
    }

  private:
    result<overrides::dynamic_file> file_;
};

std::string applied_instead(activation::applied_override const& what, applied_ends const& applied) {
    auto const until = to_string(applied.of(what.entry));
    return fmt::format("{} is applied{}{}", what.value, until.empty() ? "" : " ", until);
}

} // namespace

std::string_view to_string(override_state state) {
    switch (state) {
    case override_state::static_:
        return "static";
    case override_state::pending:
        return "pending";
    case override_state::applied:
        return "applied";
    case override_state::live:
        return "live";
    }
    return "";
}

std::optional<plan::activation_plan> applied_plan(activation::status_report const& now) {
    return now.recorded ? read_plan_if_any(now.recorded->plan) : std::nullopt;
}

std::vector<override_report> override_reports(
    overrides::dynamic_file const& file, activation::status_report const& now,
    std::optional<plan::activation_plan> const& of_applied) {
    using enum override_state;
    std::vector<override_report> out;
    applied_ends const running(now.recorded);
    auto const effective = overrides::effective_overrides(file);
    for (auto const& one : effective) {
        auto option = syntax::print_attribute_path(one.what->path);
        auto const& value = one.what->value;
        auto const number = one.from->number;
        auto const& ends = one.from->ends;
        if (!now.recorded) {
            out.push_back(
                now.strays.empty()
                    ? override_report{std::move(option), value, static_, "nothing is applied", ends, number}
                    : override_report{
                          std::move(option), value, pending,
                          fmt::format(
                              "no apply is recorded, and {} has a dynix drop-in",
                              now.strays.front()),
                          ends, number});
            continue;
        }
        auto const& known = now.recorded->overrides;
        auto const found = std::find_if(
            known.begin(), known.end(), [&](auto const& it) { return it.option == option; });
        if (found == known.end())
            out.push_back({std::move(option), value, pending, "not applied yet", {}, 0});
        else if (found->value != value)
            out.push_back(
                {std::move(option), value, pending, applied_instead(*found, running), {}, 0});
        else
            out.push_back(by_its_units(std::move(option), value, of_applied, now));
        out.back().ends = ends;
        out.back().entry = number;
    }
    if (now.recorded)
        for (auto const& one : now.recorded->overrides)
            if (std::none_of(effective.begin(), effective.end(), [&](auto const& kept) {
                    return syntax::print_attribute_path(kept.what->path) == one.option;
                }))
                out.push_back(
                    {one.option, one.value, pending,
                     fmt::format("{}, still applied", why_not_in_effect(one.option, file)),
                     running.of(one.entry), one.entry});
    return out;
}

std::vector<override_report> applied_reports(
    activation::status_report const& now, std::optional<plan::activation_plan> const& of_applied) {
    std::vector<override_report> out;
    if (!now.recorded)
        return out;
    applied_ends const ends(now.recorded);
    for (auto const& one : now.recorded->overrides) {
        out.push_back(by_its_units(one.option, one.value, of_applied, now));
        out.back().ends = ends.of(one.entry);
        out.back().entry = one.entry;
    }
    return out;
}

std::vector<std::string> problems(activation::status_report const& now) {
    std::vector<std::string> out;
    if (now.under_way)
        out.push_back(fmt::format(
            "an activation is under way, by {}: ask again when it has ended", *now.under_way));
    // One that comes to its end says what it leaves.
    if (now.unfinished)
        out.push_back(fmt::format(
            "{}: 'dynix apply' or 'dynix reset' goes on from there",
            now.recorded && !now.recorded->left.empty()
                ? "the last activation has left something behind"
                : "an activation was interrupted"));
    for (auto const& unit : now.strays)
        out.push_back(fmt::format(
            "{} has a dynix drop-in that no apply recorded: 'dynix reset' removes it", unit));
    if (now.recorded)
        out.insert(out.end(), now.recorded->left.begin(), now.recorded->left.end());
    return out;
}

bool is_all_live(
    std::vector<override_report> const& reports, activation::status_report const& now) {
    return problems(now).empty() && now.all_live() &&
           std::all_of(reports.begin(), reports.end(), [](override_report const& one) {
               return one.state == override_state::live;
           });
}

} // namespace dynix::session
