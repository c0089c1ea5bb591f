#include "dynix/session/explain.hpp"

#include "dynix/session/plans.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace dynix::session {
namespace {

using overrides::effective_override;
using overrides::option_override;
using syntax::print_attribute_path;

judged_override judge(
    option_override const& what, overrides::entry const& from,
    std::vector<effective_override> const& effective) {
    auto const* winner = overrides::covering(effective, what.path);
    if (winner == nullptr || winner->what == &what)
        return {&what, &from, contest::wins, {&what, &from}};
    auto const outcome = winner->from->number > from.number ? contest::hidden : contest::lost;
    return {&what, &from, outcome, *winner};
}

std::vector<judged_override> judged(
    overrides::dynamic_file const& file, options::option_path const& path,
    std::vector<effective_override> const& effective) {
    std::vector<judged_override> out;
    for (auto from = file.entries.rbegin(); from != file.entries.rend(); ++from)
        for (auto const& one : from->overrides)
            if (overrides::is_at_or_below(one.path, path) ||
                overrides::is_at_or_below(path, one.path))
                out.push_back(judge(one, *from, effective));
    return out;
}

// The services that declare the option dynamic, or those of all options of a group.
std::set<std::string> services_at(options::schema const& in, known_option const& what) {
    if (what.declared != nullptr)
        return {what.declared->service};
    std::set<std::string> out;
    for (auto const& one : look_below(in, what.path, {}))
        if (one.declared != nullptr)
            out.insert(one.declared->service);
    return out;
}

void add_units(explanation& to, std::vector<std::string> const& more) {
    if (!to.units)
        to.units.emplace();
    to.units->insert(to.units->end(), more.begin(), more.end());
}

void add_services(explanation& to, plan::activation_plan const& from) {
    for (auto const* service : services_of(print_attribute_path(to.option.path), from)) {
        to.services.push_back(service->name);
        std::vector<std::string> names;
        for (auto const& unit : service->units)
            names.push_back(unit.name);
        add_units(to, names);
    }
}

// Before there is a plan, the record of the system knows the units of a service.
void add_services(
    explanation& to, options::schema const& known, std::optional<plan::system_record> const& from) {
    for (auto const& service : services_at(known, to.option)) {
        to.services.push_back(service);
        if (!from)
            continue;
        if (auto const found = from->services.find(service); found != from->services.end())
            add_units(to, found->second);
    }
}

std::optional<std::int64_t> applied_without_effect(
    known_option const& option, plan::activation_plan const& plan, activation::state const& now) {
    auto const name = print_attribute_path(option.path);
    auto const applied =
        std::find_if(now.overrides.begin(), now.overrides.end(), [&](auto const& one) {
            return one.option == name;
        });
    if (applied == now.overrides.end() || option.value == nullptr)
        return std::nullopt;
    auto const literal = syntax::parse_literal(applied->value, "entry");
    if (!literal || *literal == *option.value)
        return std::nullopt;
    bool const changed =
        std::any_of(plan.overrides.begin(), plan.overrides.end(), [&](auto const& one) {
            return is_at_or_below(one.option, name);
        });
    return changed ? std::nullopt : std::optional(applied->entry);
}

} // namespace

std::string describe(judged_override const& what) {
    switch (what.outcome) {
    case contest::wins:
        return "wins";
    case contest::hidden:
        return fmt::format("hidden by entry {}", what.winner.from->number);
    case contest::lost:
        return fmt::format(
            "lost: entry {} replaces {} as a whole", what.winner.from->number,
            print_attribute_path(what.winner.what->path));
    }
    return {};
}

explanation explain(
    known_option option, options::schema const* known, overrides::dynamic_file const& file,
    machine_view const& machine) {
    explanation out;
    out.option = std::move(option);
    out.is_group = known != nullptr && out.option.takes == nullptr;
    out.overrides = judged(file, out.option.path, overrides::effective_overrides(file));
    if (machine.applied)
        add_services(out, *machine.applied);
    else if (machine.pending)
        add_services(out, *machine.pending);
    if (out.services.empty() && known != nullptr)
        add_services(out, *known, machine.system);
    if (!machine.now) {
        out.unknown = machine.unknown;
        return out;
    }
    if (machine.applied && machine.now->recorded)
        out.without_effect =
            applied_without_effect(out.option, *machine.applied, *machine.now->recorded);
    auto const name = print_attribute_path(out.option.path);
    out.states.emplace();
    for (auto& one : override_reports(file, *machine.now, machine.applied))
        if (is_at_or_below(one.option, name) || is_at_or_below(name, one.option))
            out.states->push_back(std::move(one));
    return out;
}

} // namespace dynix::session
