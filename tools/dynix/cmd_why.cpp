// dynix why PATH: where the value of an option comes from, and how far it has come.
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/base/file.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/plan/system_record.hpp"
#include "dynix/session/certificates.hpp"
#include "dynix/session/explain.hpp"
#include "dynix/session/plans.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "entry_output.hpp"
#include "option_output.hpp"
#include "shared/report.hpp"
#include "this_machine.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <optional>
#include <utility>

namespace dynix::tool {
namespace {

using syntax::print_attribute_path;

struct why_arguments {
    std::string path;
    std::string file = default_dynamic_file();
    std::string schema = options::default_schema;
    std::string system = default_system_record;
    bool json = false;
};

// The record of the system, if there is one that can be read.
std::optional<plan::system_record> system_record(std::string const& path) {
    if (auto const text = read_file(path))
        if (auto read = plan::read_system_record(*text, path))
            return std::move(*read);
    return std::nullopt;
}

session::machine_view look_at_machine(std::string const& system) {
    session::machine_view out;
    out.pending = session::last_plan({});
    out.system = system_record(system);
    auto const machine = this_machine::connect();
    if (!machine) {
        out.unknown = one_line(machine.error());
        return out;
    }
    auto world = (*machine)->view();
    auto now = activation::current_status(world);
    if (!now) {
        out.unknown = one_line(now.error());
        return out;
    }
    out.now = std::move(*now);
    out.applied = session::applied_plan(*out.now);
    return out;
}

// What Nix made of an applied entry, when that is something else.
std::string surprise(std::int64_t entry) {
    return fmt::format(
        "with entry {} applied, Nix gives it the static value all the same: a static definition "
        "has a priority below -{}, or the option makes the same of both values",
        entry, entry);
}

bool wins(session::judged_override const& what) {
    return what.outcome == session::contest::wins;
}

void add_line(std::string& to, std::string_view name, std::string_view text) {
    to += fmt::format("  {:<9} {}\n", name, printable(text));
}

// What the option can reach at all, by the certificate that holds.
std::string
reach_of(session::explanation const& what, std::optional<plan::system_record> const& system) {
    auto const runner = process::make_runner();
    auto const certificate = system ? session::certificate_of(*system, {}, *runner)
                                    : std::optional<evaluation::certificate>();
    if (!certificate)
        return "not tried: there is no certificate that holds ('dynix certify')";
    auto const option = print_attribute_path(what.option.path);
    if (!evaluation::is_proved(*certificate, option))
        return evaluation::words_for(*certificate, option);
    return fmt::format(
        "{} only, proved for every value", what.units && !what.units->empty()
                                               ? fmt::format("{}", fmt::join(*what.units, " "))
                                               : "the planned units");
}

std::string as_text(session::explanation const& what, std::string const& reach) {
    // With overrides below it, it is not the static value, which has a line of its own.
    bool const has_below =
        std::ranges::any_of(what.option.overrides, [&](overrides::effective_override const& one) {
            return one.what->path.size() > what.option.path.size();
        });
    auto out = (has_below ? print_attribute_path(what.option.path)
                          : option_setting(what.option, std::string::npos)) +
               '\n';
    for (auto const& one : what.overrides) {
        auto const& from = *one.from;
        auto const place = one.what->path == what.option.path ? one.what->value
                                                              : overrides::override_line(*one.what);
        add_line(
            out, fmt::format("entry {}", from.number),
            fmt::format(
                "{}  ({}{}{}{}{})", place, session::describe(one),
                wins(one) ? fmt::format(", priority -{}", from.number) : "",
                from.user.empty() ? "" : "; " + from.time + " " + from.user,
                from.message.empty() ? "" : ": " + from.message,
                from.ends ? "; " + to_string(from.ends) : ""));
    }
    auto const value = what.option.value == nullptr ? result<std::string>("not known")
                                                    : syntax::print(*what.option.value);
    if (!what.is_group)
        add_line(out, "static", value ? *value : "not known");
    if (what.without_effect)
        add_line(out, "but", surprise(*what.without_effect));
    if (!what.services.empty())
        add_line(out, "service", fmt::format("{}", fmt::join(what.services, " ")));
    add_line(
        out, "units",
        what.units ? fmt::format("{}", fmt::join(*what.units, " "))
                   : "not known: the system's record does not tell");
    add_line(out, "proof", reach);
    if (!what.states)
        add_line(out, "state", fmt::format("not known: {}", what.unknown));
    for (auto const& one : what.states.value_or(std::vector<session::override_report>()))
        add_line(
            out, "state",
            fmt::format(
                "{}{}{}", session::to_string(one.state),
                one.option == print_attribute_path(what.option.path) ? "" : ": " + one.option,
                one.reason.empty() ? "" : " (" + one.reason + ")"));
    return out;
}

std::string
as_json(session::explanation const& what, std::string const& reach, why_arguments const& given) {
    auto record = to_json(what.option);
    auto& all = record["overrides"].emplace_array();
    for (auto const& one : what.overrides) {
        auto item = to_json(*one.what);
        item["entry"] = one.from->number;
        item["priority"] = -one.from->number;
        item["wins"] = wins(one);
        item["verdict"] = session::describe(one);
        add_ending(item, one.from->ends);
        all.push_back(std::move(item));
    }
    record["file"] = given.file;
    if (what.units)
        record["units"] = boost::json::array(what.units->begin(), what.units->end());
    record["reach"] = reach;
    if (what.states) {
        auto& states = record["states"].emplace_array();
        for (auto const& one : *what.states)
            states.push_back(boost::json::object{
                {"option", one.option},
                {"standing", session::to_string(one.state)},
                {"reason", one.reason}});
    } else {
        record["statesUnknown"] = what.unknown;
    }
    if (what.without_effect)
        record["sameAsStatic"] = surprise(*what.without_effect);
    return json::print(record);
}

exit_code run(why_arguments const& given) {
    auto const path = session::typed_prefix(given.path, "PATH");
    if (!path)
        return report(path.error(), given.json, exit_code::refused);
    auto const file = load_overrides(given.file);
    if (!file)
        return report(file.error(), given.json, exit_code::refused);
    auto const schema = options::schema::load(given.schema, *path);
    if (!schema)
        note_line(one_line(schema.error()));
    auto const* known = schema ? &*schema : nullptr;
    auto found = session::find_option(known, *path, overrides::effective_overrides(*file));
    if (!found)
        return report(found.error(), given.json, exit_code::refused);
    for (auto const& note : found->notes)
        note_line(note);
    auto const machine = look_at_machine(given.system);
    auto const out = session::explain(std::move(found->option), known, *file, machine);
    auto const reach = reach_of(out, machine.system);
    print(given.json ? as_json(out, reach, given) : as_text(out, reach));
    return exit_code::done;
}

} // namespace

void add_why(CLI::App& app, exit_code& code) {
    command_line line(app, "why", "Show where the value of an option comes from");
    auto const given = std::make_shared<why_arguments>();
    line.option("PATH", given->path, "The option, such as services.distccd.maxJobs").required();
    add_schema_option(line, given->schema);
    add_system_option(line, given->system);
    add_file_option(line, given->file);
    add_json_option(line, given->json);
    line.footer("Example:\n  dynix why services.distccd.maxJobs");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
