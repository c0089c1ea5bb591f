// dynix status: is what was appended what runs?
#include "announce.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "confirmation_output.hpp"
#include "dynix/session/override_state.hpp"
#include "shared/report.hpp"
#include "this_machine.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <memory>
#include <optional>

namespace dynix::tool {
namespace {

struct status_arguments {
    std::string file = default_dynamic_file();
    bool json = false;
};

// What the applied plan rests on, in words; empty: nothing is applied, or its plan is not there.
std::string rests_on(std::optional<plan::activation_plan> const& applied) {
    if (!applied)
        return {};
    if (applied->leaks.empty())
        return fmt::format("no leak: {}\n", plan::describe(applied->rests_on));
    std::string out;
    for (auto const& one : applied->leaks)
        out += fmt::format("leak, left as it is: {}\n", printable(plan::subject(one)));
    return out;
}

std::string as_text(std::vector<session::override_report> const& rows) {
    if (rows.empty())
        return "static: there is no override\n";
    std::string out;
    std::size_t width = 0;
    for (auto const& row : rows)
        width =
            std::max(width, std::min<std::size_t>(row.option.size() + row.value.size() + 3, 60));
    for (auto const& row : rows) {
        auto const until = row.until.empty() ? std::string() : "until " + row.until;
        auto const reason = row.reason + (row.reason.empty() || until.empty() ? "" : "; ") + until;
        auto const setting = fmt::format("{} = {}", row.option, row.value);
        auto const state = session::to_string(row.state);
        out += reason.empty() ? fmt::format("{:<8} {}\n", state, setting)
                              : fmt::format("{:<8} {:{}}  ({})\n", state, setting, width, reason);
    }
    return out;
}

std::string as_json(
    std::vector<session::override_report> const& rows, activation::status_report const& now,
    std::optional<plan::activation_plan> const& applied, std::vector<std::string> const& wrong,
    bool all_live, boost::json::value confirmation) {
    boost::json::array list, units;
    for (auto const& row : rows) {
        boost::json::object one{
            {"option", row.option},
            {"value", row.value},
            {"standing", session::to_string(row.state)},
            {"reason", row.reason}};
        if (!row.until.empty())
            one["until"] = row.until;
        list.push_back(std::move(one));
    }
    for (auto const& unit : now.units)
        units.push_back(boost::json::object{
            {"name", unit.name},
            {"standing", activation::to_string(unit.standing)},
            {"reason", unit.reason}});
    boost::json::array problems(wrong.size());
    std::copy(wrong.begin(), wrong.end(), problems.begin());
    boost::json::object record{
        {"allLive", all_live},
        {"overrides", std::move(list)},
        {"units", std::move(units)},
        {"underWay", now.under_way.has_value()},
        {"problems", std::move(problems)},
        {"confirmation", std::move(confirmation)}};
    if (applied)
        record["restsOn"] = plan::to_string(applied->rests_on);
    return json::print(record);
}

exit_code run(status_arguments const& given) {
    auto const file = load_to_read(given.file);
    if (!file)
        return report(file.error(), given.json, exit_code::refused);
    auto const machine = this_machine::connect();
    if (!machine)
        return report(machine.error(), given.json, exit_code::refused);
    auto world = (*machine)->view();
    auto const now = activation::current_status(world);
    if (!now)
        return report(now.error(), given.json, exit_code::refused);
    auto const applied = session::applied_plan(*now);
    auto const rows = session::override_reports(*file, *now, applied);
    auto wrong = session::problems(*now);
    auto const confirmed = activation::read_confirmation(world);
    if (!confirmed)
        wrong.push_back(one_line(confirmed.error()));
    auto last = confirmed ? *confirmed : std::nullopt;
    // What was applied since is another matter.
    if (last && !last->is_open() && now->recorded && now->recorded->since > last->ended)
        last.reset();
    bool const failed = last && last->now == activation::confirmation_phase::failed;
    bool const all_live = session::is_all_live(rows, *now) && !failed && confirmed;
    boost::json::value record(nullptr);
    if (last)
        record = to_json(*last, world);
    print(
        given.json ? as_json(rows, *now, applied, wrong, all_live, std::move(record))
                   : as_text(rows) + rests_on(applied));
    if (last && last->now != activation::confirmation_phase::confirmed)
        note_line(describe(*last, world));
    if (failed)
        for (auto const& one : last->left)
            note_line(one);
    for (auto const& one : wrong)
        note_line(one);
    return all_live ? exit_code::done : exit_code::refused;
}

} // namespace

void add_status(CLI::App& app, exit_code& code) {
    command_line line(
        app, "status", "Show how far every override has come; exit 0 only if all are live");
    auto const given = std::make_shared<status_arguments>();
    add_file_option(line, given->file);
    add_json_option(line, given->json);
    line.footer(
        "static   nothing is applied       pending  what is applied is older than the file\n"
        "applied  no live process has it   live     a live process has it\n\n"
        "Example:\n  dynix status --json");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
