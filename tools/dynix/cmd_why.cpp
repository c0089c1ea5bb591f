// dynix why PATH: where the value of an option comes from, and how far it has come.
#include "command.hpp"
#include "dynix/base/file.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/plan/system_record.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "entry_output.hpp"
#include "known_options.hpp"
#include "shared/report.hpp"
#include "standing.hpp"
#include "this_machine.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <set>

namespace dynix::tool {
namespace {

using overrides::effective_override;
using overrides::option_override;
using syntax::print_attribute_path;

struct why_arguments {
    std::string path;
    std::string file = default_dynamic_file();
    std::string schema = options::default_schema;
    std::string system = default_system_record;
    bool json = false;
};

// An override at the path, above it or below it, and what became of it.
struct judged_override {
    option_override const* what;
    overrides::entry const* from;
    std::string verdict; // "wins", "hidden by entry 3", "lost: entry 2 replaces a.b as a whole"
    bool wins = false;
};

struct explanation {
    known_option option;
    bool is_group = false;
    std::vector<judged_override> overrides{}; // the latest first
    std::vector<std::string> services{};
    std::vector<std::string> units{};
    bool units_known = false;
    std::vector<override_standing> standings{};
    std::string unknown_standing{}; // why the standings are not known
    std::string surprise{};         // what Nix made of it, when that is something else
};

std::string verdict_on(
    option_override const& what, overrides::entry const& from,
    std::vector<effective_override> const& effective) {
    auto const* winner = overrides::covering(effective, what.path);
    if (winner == nullptr || winner->what == &what)
        return "wins";
    if (winner->from->number > from.number)
        return fmt::format("hidden by entry {}", winner->from->number);
    return fmt::format(
        "lost: entry {} replaces {} as a whole", winner->from->number,
        print_attribute_path(winner->what->path));
}

std::vector<judged_override> judged(
    overrides::dynamic_file const& file, options::option_path const& path,
    std::vector<effective_override> const& effective) {
    std::vector<judged_override> out;
    for (auto from = file.entries.rbegin(); from != file.entries.rend(); ++from)
        for (auto const& one : from->overrides)
            if (overrides::is_at_or_below(one.path, path) ||
                overrides::is_at_or_below(path, one.path)) {
                auto verdict = verdict_on(one, *from, effective);
                bool const wins = verdict == "wins";
                out.push_back({&one, &*from, std::move(verdict), wins});
            }
    return out;
}

// What is known without the machine. Where there is no schema, only the dynamic file tells.
result<known_option> option_at(
    options::schema const* known, options::option_path const& path,
    std::vector<effective_override> const& effective) {
    known_option out;
    out.path = path;
    out.overrides = overrides::effective_at(effective, path);
    if (known == nullptr)
        return out.overrides.empty()
                   ? result<known_option>(overrides::no_override_at(effective, path))
                   : out;
    auto const at = options::resolve(*known, path);
    if (!at && !out.overrides.empty()) {
        note_line(at.error().message);
        return out;
    }
    if (!at)
        return at.error();
    for (auto const& note : at->notes)
        note_line(note);
    return look_up(*at, effective);
}

// The services that declare the option dynamic, or those of all options of a group.
std::set<std::string> services_at(options::schema const& in, known_option const& what) {
    std::set<std::string> out;
    if (what.declared != nullptr)
        return {what.declared->service};
    for (auto const& one : look_below(in, what.path, {}))
        if (one.declared != nullptr)
            out.insert(one.declared->service);
    return out;
}

// Before there is a plan, the record of the system knows the units of the service.
void add_service(explanation& to, std::string const& service, std::string const& system) {
    to.services.push_back(service);
    auto const text = read_file(system);
    auto const record =
        text ? plan::read_system_record(*text, system) : result<plan::system_record>(text.error());
    if (!record)
        return;
    auto const found = record->services.find(service);
    if (found == record->services.end())
        return;
    to.units_known = true;
    to.units.insert(to.units.end(), found->second.begin(), found->second.end());
}

void add_plan(explanation& to, plan::activation_plan const& plan) {
    auto const option = print_attribute_path(to.option.path);
    for (auto const* service : services_of(option, plan)) {
        to.units_known = true;
        to.services.push_back(service->name);
        for (auto const& unit : service->units)
            to.units.push_back(unit.name);
    }
}

// A static definition with a priority below the entry's would win over it. Nothing records the
// priorities of the static configuration, but what Nix made of the applied file shows it.
void compare_with_nix(
    explanation& to, plan::activation_plan const& plan, activation::state const& now) {
    auto const option = print_attribute_path(to.option.path);
    auto const applied =
        std::find_if(now.overrides.begin(), now.overrides.end(), [&](auto const& one) {
            return one.option == option;
        });
    if (applied == now.overrides.end())
        return;
    auto const literal = syntax::parse_literal(applied->value, "entry");
    if (!literal || to.option.value == nullptr || *literal == *to.option.value)
        return;
    auto const changed =
        std::any_of(plan.overrides.begin(), plan.overrides.end(), [&](auto const& one) {
            return one.option == option || one.option.starts_with(option + ".");
        });
    if (!changed)
        to.surprise = fmt::format(
            "with entry {} applied, Nix gives it the static value all the same: a static "
            "definition has a priority below -{}, or the option makes the same of both values",
            applied->entry, applied->entry);
}

void add_machine(explanation& to, overrides::dynamic_file const& file) {
    auto const pending = last_plan();
    auto const machine = this_machine::connect();
    if (!machine) {
        to.unknown_standing = one_line(machine.error());
        if (pending)
            add_plan(to, *pending);
        return;
    }
    auto world = (*machine)->view();
    auto const now = activation::current_status(world);
    if (!now) {
        to.unknown_standing = one_line(now.error());
        return;
    }
    auto const applied = now->recorded ? read_plan_if_any(now->recorded->plan)
                                       : std::optional<plan::activation_plan>();
    if (applied) {
        add_plan(to, *applied);
        compare_with_nix(to, *applied, *now->recorded);
    } else if (pending) {
        add_plan(to, *pending);
    }
    auto const option = print_attribute_path(to.option.path);
    for (auto& one : standings(file, *now))
        if (one.option == option || one.option.starts_with(option + ".") ||
            option.starts_with(one.option + "."))
            to.standings.push_back(std::move(one));
}

void add_line(std::string& to, std::string_view name, std::string_view text) {
    to += fmt::format("  {:<9} {}\n", name, printable(std::string(text)));
}

std::string as_text(explanation const& what) {
    auto out = option_setting(what.option, std::string::npos) + '\n';
    for (auto const& one : what.overrides) {
        auto const& from = *one.from;
        auto const place = one.what->path == what.option.path
                               ? one.what->value
                               : fmt::format("{}", override_line(*one.what));
        add_line(
            out, fmt::format("entry {}", from.number),
            fmt::format(
                "{}  ({}{}{}{})", place, one.verdict,
                one.wins ? fmt::format(", priority -{}", from.number) : "",
                from.user.empty() ? "" : "; " + from.time + " " + from.user,
                from.message.empty() ? "" : ": " + from.message));
    }
    auto const value = what.option.value == nullptr ? result<std::string>("not known")
                                                    : syntax::print(*what.option.value);
    if (!what.is_group)
        add_line(out, "static", value ? *value : "not known");
    if (!what.surprise.empty())
        add_line(out, "but", what.surprise);
    if (!what.services.empty())
        add_line(out, "service", fmt::format("{}", fmt::join(what.services, " ")));
    add_line(
        out, "units",
        what.units_known ? fmt::format("{}", fmt::join(what.units, " "))
                         : "not known: the system's record does not tell");
    for (auto const& one : what.standings)
        add_line(
            out, "state",
            fmt::format(
                "{}{}{}", one.standing,
                one.option == print_attribute_path(what.option.path) ? "" : ": " + one.option,
                one.reason.empty() ? "" : " (" + one.reason + ")"));
    if (!what.unknown_standing.empty())
        add_line(out, "state", fmt::format("not known: {}", what.unknown_standing));
    return out;
}

std::string as_json(explanation const& what, why_arguments const& given) {
    auto record = to_json(what.option);
    boost::json::array all, states;
    for (auto const& one : what.overrides) {
        auto item = to_json(*one.what);
        item["entry"] = one.from->number;
        item["priority"] = -one.from->number;
        item["wins"] = one.wins;
        item["verdict"] = one.verdict;
        all.push_back(std::move(item));
    }
    for (auto const& one : what.standings)
        states.push_back(boost::json::object{
            {"option", one.option}, {"standing", one.standing}, {"reason", one.reason}});
    record["overrides"] = std::move(all);
    record["file"] = given.file;
    if (what.units_known)
        record["units"] = boost::json::array(what.units.begin(), what.units.end());
    if (what.unknown_standing.empty())
        record["states"] = std::move(states);
    else
        record["statesUnknown"] = what.unknown_standing;
    if (!what.surprise.empty())
        record["sameAsStatic"] = what.surprise;
    return json::print(record);
}

int run(why_arguments const& given) {
    auto const path = typed_prefix(given.path, "PATH");
    if (!path)
        return report(path.error(), given.json, refused);
    auto const file = overrides::load(given.file);
    if (!file)
        return report(file.error(), given.json, refused);
    auto const effective = overrides::effective_overrides(*file);
    auto const schema = options::schema::load(given.schema, *path);
    if (!schema)
        note_line(one_line(schema.error()));
    auto option = option_at(schema ? &*schema : nullptr, *path, effective);
    if (!option)
        return report(option.error(), given.json, refused);

    explanation out{std::move(*option)};
    out.overrides = judged(*file, out.option.path, effective);
    add_machine(out, *file);
    if (out.services.empty() && schema)
        for (auto const& service : services_at(*schema, out.option))
            add_service(out, service, given.system);
    out.is_group = schema && out.option.takes == nullptr;
    print(given.json ? as_json(out, given) : as_text(out));
    return done;
}

} // namespace

void add_why(CLI::App& app, int& code) {
    auto* command = app.add_subcommand("why", "Show where the value of an option comes from");
    auto const given = std::make_shared<why_arguments>();
    command->add_option("PATH", given->path, "The option, such as services.distccd.maxJobs")
        ->required();
    add_schema_option(*command, given->schema);
    add_system_option(*command, given->system);
    add_file_option(*command, given->file);
    add_json_option(*command, given->json);
    command->footer("Example:\n  dynix why services.distccd.maxJobs");
    command->callback([given, &code] { code = run(*given); });
}

} // namespace dynix::tool
