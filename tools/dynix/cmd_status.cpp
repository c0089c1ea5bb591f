// dynix status: is what was appended what runs?
#include "command.hpp"
#include "dynix/activation/plan.hpp"
#include "dynix/activation/status.hpp"
#include "dynix/base/file.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "report.hpp"
#include "this_machine.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <memory>
#include <optional>

namespace dynix::tool {
namespace {

struct status_arguments {
    std::string file = default_dynamic_file;
    bool json = false;
};

// An override of the file or of what is applied, and how far it has come:
//   static   nothing is applied; its units run their static configuration
//   pending  what is applied is older than the file
//   applied  it is applied, but a live process does not (yet) have it; `reason` says why
//   live     a live process has it
struct override_standing {
    std::string option;
    std::string value;
    std::string standing;
    std::string reason;
};

// The units that an option reaches, by the plan that is applied; all of them when it does not say.
std::vector<activation::unit_report_now const*> units_of(
    std::string const& option, std::optional<activation::plan> const& plan,
    activation::status_report const& now) {
    std::vector<activation::unit_report_now const*> out;
    for (auto const& unit : now.units) {
        bool mine = !plan;
        if (plan)
            for (auto const& service : plan->services) {
                auto const declares = std::any_of(
                    service.options.begin(), service.options.end(), [&](auto const& declared) {
                        return option == declared || option.starts_with(declared + ".");
                    });
                auto const has = std::any_of(
                    service.units.begin(), service.units.end(),
                    [&](auto const& planned) { return planned.name == unit.name; });
                mine = mine || (declares && has);
            }
        if (mine)
            out.push_back(&unit);
    }
    return out;
}

override_standing standing_of(
    std::string option, std::string value, std::optional<activation::plan> const& plan,
    activation::status_report const& now) {
    override_standing out{std::move(option), std::move(value), "live", {}};
    for (auto const* unit : units_of(out.option, plan, now)) {
        // A static one is among the planned units, and this override changes nothing in it.
        if (unit->standing == activation::unit_standing::live ||
            unit->standing == activation::unit_standing::static_)
            continue;
        out.standing = unit->standing == activation::unit_standing::applied ? "applied" : "pending";
        out.reason = fmt::format("{}: {}", unit->name, unit->reason);
    }
    return out;
}

std::vector<override_standing>
standings(overrides::dynamic_file const& file, activation::status_report const& now) {
    std::optional<activation::plan> plan;
    if (now.recorded)
        if (auto const text = read_file(now.recorded->plan))
            if (auto read = activation::read_plan(*text, now.recorded->plan))
                plan = std::move(*read);
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

// What is wrong beyond single overrides.
std::vector<std::string> troubles(activation::status_report const& now) {
    std::vector<std::string> out;
    if (now.unfinished)
        out.emplace_back(
            "an activation was interrupted: 'dynix apply' or 'dynix reset' goes on from there");
    for (auto const& unit : now.strays)
        out.push_back(fmt::format(
            "{} has a dynix drop-in that no apply recorded: 'dynix reset' removes it", unit));
    if (now.recorded)
        for (auto const& left : now.recorded->left)
            out.push_back(left);
    return out;
}

std::string as_text(std::vector<override_standing> const& rows) {
    if (rows.empty())
        return "static: there is no override\n";
    std::string out;
    std::size_t width = 0;
    for (auto const& row : rows)
        width =
            std::max(width, std::min<std::size_t>(row.option.size() + row.value.size() + 3, 60));
    for (auto const& row : rows) {
        auto const setting = fmt::format("{} = {}", row.option, row.value);
        out += row.reason.empty()
                   ? fmt::format("{:<8} {}\n", row.standing, setting)
                   : fmt::format("{:<8} {:{}}  ({})\n", row.standing, setting, width, row.reason);
    }
    return out;
}

std::string as_json(
    std::vector<override_standing> const& rows, activation::status_report const& now,
    std::vector<std::string> const& wrong, bool all_live) {
    boost::json::array list, units;
    for (auto const& row : rows)
        list.push_back(boost::json::object{
            {"option", row.option},
            {"value", row.value},
            {"standing", row.standing},
            {"reason", row.reason}});
    for (auto const& unit : now.units)
        units.push_back(boost::json::object{
            {"name", unit.name},
            {"standing", activation::name(unit.standing)},
            {"reason", unit.reason}});
    boost::json::array problems(wrong.size());
    std::copy(wrong.begin(), wrong.end(), problems.begin());
    return json::print(boost::json::object{
        {"allLive", all_live},
        {"overrides", std::move(list)},
        {"units", std::move(units)},
        {"problems", std::move(problems)}});
}

int run(status_arguments const& given) {
    auto const file = overrides::load(given.file);
    if (!file)
        return report(file.error(), given.json, refused);
    auto const machine = this_machine::connect();
    if (!machine)
        return report(machine.error(), given.json, refused);
    auto world = (*machine)->view();
    auto const now = activation::current_status(world);
    if (!now)
        return report(now.error(), given.json, refused);
    auto const rows = standings(*file, *now);
    auto const wrong = troubles(*now);
    bool const all_live =
        wrong.empty() && std::all_of(rows.begin(), rows.end(), [](auto const& row) {
            return row.standing == "live";
        });
    print(given.json ? as_json(rows, *now, wrong, all_live) : as_text(rows));
    for (auto const& one : wrong)
        note_line(one);
    return all_live ? done : refused;
}

} // namespace

void add_status(CLI::App& app, int& code) {
    auto* command = app.add_subcommand(
        "status", "Show how far every override has come; exit 0 only if all are live");
    auto const given = std::make_shared<status_arguments>();
    add_file_option(*command, given->file);
    add_json_option(*command, given->json);
    command->footer(
        "static   nothing is applied       pending  what is applied is older than the file\n"
        "applied  no live process has it   live     a live process has it\n\n"
        "Example:\n  dynix status --json");
    command->callback([given, &code] { code = run(*given); });
}

} // namespace dynix::tool
