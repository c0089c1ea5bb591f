// dynix status: is what was appended what runs?
#include "announce.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "confirmation_output.hpp"
#include "due.hpp"
#include "dynix/activation/record/own_units.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/session/lasting_entries.hpp"
#include "dynix/session/override_state.hpp"
#include "dynix/session/reapply.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "entry_output.hpp"
#include "shared/report.hpp"
#include "this_machine.hpp"
#include "watch.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <unistd.h>
#include <utility>

namespace dynix::tool {
namespace {

struct status_arguments {
    std::string file = default_dynamic_file();
    bool json = false;
    bool watch = false;
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
    auto const setting = [](session::override_report const& row) {
        return overrides::setting_line(row.option, row.value);
    };
    std::string out;
    std::size_t width = 0;
    for (auto const& row : rows)
        width = std::max(width, std::min<std::size_t>(setting(row).size(), 60));
    for (auto const& row : rows) {
        auto const until = to_string(row.ends);
        auto const reason = row.reason + (row.reason.empty() || until.empty() ? "" : "; ") + until;
        auto const state = session::to_string(row.state);
        out += reason.empty()
                   ? fmt::format("{:<8} {}\n", state, setting(row))
                   : fmt::format("{:<8} {:{}}  ({})\n", state, setting(row), width, reason);
    }
    return out;
}

// A record that cannot be read, and what to do.
std::string problem_of(error const& what) {
    return what.hint.empty() ? one_line(what) : fmt::format("{}: {}", one_line(what), what.hint);
}

// Of what has ended and is in effect all the same, where nobody sees to it: by its end in what is
// applied, and by the one that the file has for it by now.
std::vector<std::string> lost_ends(
    overrides::dynamic_file const& file, activation::status_report const& now,
    host::machine& host) {
    std::vector<std::string> found;
    if (!now.recorded && now.strays.empty())
        return found;
    auto const look_at = [&](overrides::effective_override const& one) {
        auto lost = fmt::format(
            "the override of '{}' has ended, and nothing is armed to take it back: the next 'dynix "
            "apply' does",
            syntax::print_attribute_path(one.what->path));
        if (is_lost(one.from->ends, host) && std::ranges::find(found, lost) == found.end())
            found.push_back(std::move(lost));
    };
    // Where it is not known what is applied, all of the file may be.
    auto const applied = now.recorded ? session::applied_file(&*now.recorded)
                                      : result<overrides::dynamic_file>(error());
    auto const ids = applied ? session::ids_of(*applied) : session::override_ids();
    for (auto const& one : overrides::effective_overrides(file))
        if (!applied || session::has(ids, session::id_of(*one.from, *one.what)))
            look_at(one);
    if (applied)
        std::ranges::for_each(overrides::effective_overrides(*applied), look_at);
    return found;
}

struct seen {
    std::vector<session::override_report> rows;
    activation::status_report now;
    std::optional<plan::activation_plan> applied;
    std::vector<std::string> problems;
    std::vector<std::string> confirmation; // how it stands with the last one, in words
    boost::json::value confirmation_record = nullptr;
    bool all_live = false;
    std::optional<error> no_file; // the dynamic file cannot be read: `rows` are what is applied
};

std::string overrides_of(seen const& what) {
    if (!what.rows.empty())
        return as_text(what.rows);
    return what.no_file ? "static: nothing is applied\n" : "static: there is no override\n";
}

result<seen> look(status_arguments const& given) {
    auto const file = load_to_read(given.file);
    auto const machine = this_machine::connect();
    if (!machine)
        return file ? machine.error() : file.error();
    auto world = (*machine)->view();
    auto now = activation::current_status(world);
    if (!now)
        return file ? now.error() : file.error();
    seen out;
    if (!file)
        out.no_file = file.error();
    out.now = std::move(*now);
    out.applied = session::applied_plan(out.now);
    out.rows = file ? session::override_reports(*file, out.now, out.applied)
                    : session::applied_reports(out.now, out.applied);
    out.problems = session::problems(out.now);
    if (auto const left_out = session::read_left_out(world))
        session::explain_left_out(out.rows, *left_out);
    else if (::geteuid() == 0) // nobody else may read it
        out.problems.push_back(problem_of(left_out.error()));
    auto const confirmed = activation::read_confirmation(world);
    if (!confirmed)
        out.problems.push_back(problem_of(confirmed.error()));
    // Whether the record can be read, whatever is in the file.
    auto const entries = file ? *file : overrides::dynamic_file();
    if (auto const kept = session::lasting_entries(entries, world); !kept)
        out.problems.push_back(problem_of(kept.error()));
    auto const lost = lost_ends(entries, out.now, world);
    out.problems.insert(out.problems.end(), lost.begin(), lost.end());
    bool const ends_are_armed = lost.empty();
    auto last = confirmed ? *confirmed : std::nullopt;
    // What was applied since is another matter.
    if (last && !last->is_open() && out.now.recorded && out.now.recorded->since > last->ended)
        last.reset();
    bool const failed = last && last->now == activation::confirmation_phase::failed;
    out.all_live =
        file && session::is_all_live(out.rows, out.now) && !failed && confirmed && ends_are_armed;
    if (last) {
        out.confirmation_record = to_json(*last, world);
        if (last->now != activation::confirmation_phase::confirmed)
            out.confirmation.push_back(describe(*last, world));
        if (last->is_open() && !activation::is_armed(*last, world))
            out.all_live = false;
        if (!last->is_open())
            out.confirmation.insert(out.confirmation.end(), last->left.begin(), last->left.end());
    }
    return out;
}

std::string as_json(seen&& what) {
    boost::json::array list, units;
    for (auto const& row : what.rows) {
        boost::json::object one{
            {"option", row.option},
            {"value", row.value},
            {"standing", session::to_string(row.state)},
            {"reason", row.reason}};
        add_ending(one, row.ends);
        list.push_back(std::move(one));
    }
    for (auto const& unit : what.now.units)
        units.push_back(boost::json::object{
            {"name", unit.name},
            {"standing", activation::to_string(unit.standing)},
            {"reason", unit.reason}});
    boost::json::object record{
        {"allLive", what.all_live},
        {"overrides", std::move(list)},
        {"units", std::move(units)},
        {"underWay", what.now.under_way.has_value()},
        {"problems", boost::json::array(what.problems.begin(), what.problems.end())},
        {"confirmation", std::move(what.confirmation_record)}};
    if (what.applied)
        record["restsOn"] = plan::to_string(what.applied->rests_on);
    if (what.no_file)
        record["error"] = to_json(*what.no_file);
    return json::print(record);
}

// The overrides, and the units as systemd has them at the moment. What cannot be read now, because
// it is being replaced or systemd is away, may be there the next time.
std::string view_of(status_arguments const& given) {
    auto const what = look(given);
    if (!what)
        return render(what.error()) + '\n';
    auto out = overrides_of(*what);
    for (auto const& unit : what->now.units)
        out += fmt::format(
            "{:<8} {} is {} ({})\n", activation::to_string(unit.standing), unit.name,
            unit.status.active_state, unit.status.sub_state);
    for (auto const* notes : {&what->confirmation, &what->problems})
        for (auto const& one : *notes)
            out += fmt::format("note: {}\n", one);
    if (what->no_file)
        out += render(*what->no_file) + '\n';
    return out;
}

exit_code run(status_arguments const& given) {
    if (given.watch) {
        watch([&] { return view_of(given); });
        return exit_code::done;
    }
    auto what = look(given);
    if (!what)
        return report(what.error(), given.json, exit_code::refused);
    auto const notes = {std::move(what->confirmation), what->problems};
    auto const no_file = what->no_file;
    auto const code = what->all_live ? exit_code::done : exit_code::refused;
    print(given.json ? as_json(std::move(*what)) : overrides_of(*what) + rests_on(what->applied));
    std::fflush(stdout); // what is known comes first, also in one pipe
    for (auto const& some : notes)
        for (auto const& one : some)
            note_line(one);
    return no_file ? report(*no_file, false, code) : code;
}

} // namespace

void add_status(CLI::App& app, exit_code& code) {
    command_line line(
        app, "status", "Show how far every override has come; exit 0 only if all are live");
    auto const given = std::make_shared<status_arguments>();
    add_file_option(line, given->file);
    auto const watches =
        line.flag("--watch,-w", given->watch, "Show it again whenever it changes, until Ctrl-C");
    add_json_option(line, given->json).excludes(watches);
    line.footer(
        "static   nothing is applied       pending  what is applied is older than the file\n"
        "applied  no live process has it   live     a live process has it\n\n"
        "Example:\n  dynix status --json");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
