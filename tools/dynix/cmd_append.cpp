// dynix append PATH VALUE: one more entry in the dynamic file.
#include "author.hpp"
#include "build_plan.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "due.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/overrides/typed_change.hpp"
#include "dynix/session/lasting_entries.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "entry_output.hpp"
#include "shared/report.hpp"
#include "this_machine.hpp"

#include <fmt/format.h>
#include <memory>
#include <unistd.h>

namespace dynix::tool {
namespace {

struct append_arguments {
    std::string path;
    std::string value;
    std::string schema = options::default_schema;
    overrides::append_request request{{.path = default_dynamic_file()}};
    bool strict = false;
    bool string = false;
    bool expression = false;
    bool replace = false;
    bool apply = false;
    bool json = false;
    std::optional<unsigned> wait;
};

overrides::moment this_moment() {
    host::system_clock time;
    return session::moment_of(time);
}

// Returns what is wrong with it, or nothing.
std::string set_end(append_arguments& given, result<overrides::ending> const& end) {
    if (!end)
        return end.error().message;
    given.request.ends = *end;
    return {};
}

struct appended {
    overrides::entry entry;
    bool checked; // against the types of the options
};

// Without the types of the options: every attribute set is taken apart.
result<overrides::change>
untyped_change(append_arguments const& given, overrides::option_path path, overrides::reading how) {
    auto value = overrides::read_value(given.value, how);
    if (!value)
        return value.error();
    if (how == overrides::reading::literal_or_string)
        for (auto const& doubt :
             {overrides::doubt_about_string(given.value, *value),
              overrides::doubt_about_numbers(given.value, *value)})
            if (!doubt.empty())
                note_line(doubt);
    return overrides::change{std::move(path), std::move(*value), given.replace};
}

result<appended> append(append_arguments const& given) {
    if (auto good = check_can_change(given.request.path); !good)
        return good.error();
    auto path = syntax::parse_attribute_path(given.path, "PATH");
    if (!path)
        return path.error();
    auto const how = given.string       ? overrides::reading::string
                     : given.expression ? overrides::reading::expression
                                        : overrides::reading::literal_or_string;
    auto const known = options::schema::load(given.schema, *path);
    if (!known && given.strict)
        return known.error();
    result<overrides::change> wanted = overrides::change();
    if (known) {
        auto typed = overrides::read_change(*known, *path, given.value, how, given.replace);
        if (!typed)
            return typed.error();
        for (auto const& note : typed->notes)
            note_line(note);
        wanted = std::move(typed->wanted);
    } else {
        note_line(fmt::format("not checked against the options: {}", one_line(known.error())));
        wanted = untyped_change(given, std::move(*path), how);
        if (!wanted)
            return wanted.error();
    }

    auto request = given.request;
    request.wanted = std::move(*wanted);
    sign(request, given.wait);
    auto added = overrides::append(request);
    if (!added)
        return with_sudo_hint(added.error(), given.request.path);
    return appended{std::move(*added), known.has_value()};
}

// Else it would end with the next apply, or the next boot.
void end_by_itself(overrides::ending const& ends, std::string const& file) {
    auto const machine =
        ::geteuid() == 0 ? this_machine::connect() : make_error("only root can have systemd do it");
    auto armed = machine ? result<void>() : result<void>(machine.error());
    if (machine) {
        auto world = (*machine)->view();
        armed = arm_end(ends, file, world);
    }
    if (!armed)
        note_line(fmt::format(
            "nothing takes it back at {} until the next 'dynix apply': {}", ends.when,
            one_line(armed.error())));
}

exit_code run(append_arguments const& given) {
    auto const added = append(given);
    if (!added)
        return report(added.error(), given.json, exit_code::refused);
    if (given.json)
        print(json::print(boost::json::object{
            {"file", given.request.path},
            {"dryRun", given.request.dry_run},
            {"checked", added->checked},
            {"entry", to_json(added->entry)}}));
    else
        print(entry_lines(added->entry));
    if (given.request.ends.date() && !given.request.dry_run)
        end_by_itself(given.request.ends, given.request.path);
    if (!given.apply || given.request.dry_run)
        return exit_code::done;
    auto const code = apply_now(given.request.path, given.wait, given.json);
    if (code != exit_code::done)
        note_line(fmt::format(
            "entry {} stays in '{}' all the same: '{}' takes it back", added->entry.number,
            given.request.path,
            undo_command({std::to_string(added->entry.number)}, given.request.path)));
    return code;
}

// Shows what could be appended. A wrong command line all the same: a script whose variable is empty
// must not go on.
exit_code without_value(append_arguments const& given) {
    auto const* const missing = "VALUE is missing: nothing is appended";
    auto const equals = given.path.find('=');
    if (equals != std::string::npos && given.path.find('"') == std::string::npos)
        return report(
            make_error(
                missing, fmt::format(
                             "PATH and VALUE are two words: dynix append {} {}",
                             given.path.substr(0, equals), given.path.substr(equals + 1))),
            given.json, exit_code::usage);
    if (!given.json)
        show_option(given.path, given.schema, given.request.path);
    return report(
        make_error(
            missing, fmt::format("'dynix options {}' shows what the option takes", given.path)),
        given.json, exit_code::usage);
}

} // namespace

void add_append(CLI::App& app, exit_code& code) {
    command_line line(app, "append", "Append an override to the dynamic file");
    auto const given = std::make_shared<append_arguments>();
    line.option("PATH", given->path, "The option, such as services.distccd.maxJobs").required();
    auto const value = line.option(
        "VALUE", given->value,
        "A Nix literal (4, true, null, \"text\", [ 1 2 ], { a = 1; }); anything else is a string. "
        "Without it the option is shown and nothing appended");
    auto const string = line.flag("--string", given->string, "VALUE is a string, as it stands");
    line.flag("--expr", given->expression, "VALUE is a Nix expression").excludes(string);
    line.flag(
        "--replace", given->replace,
        "Replace the whole subtree instead of the leaves that VALUE names");
    line.option("--message,-m", given->request.message, "Why, for 'dynix log'").placeholder("M");
    auto lasts = line.option(
        "--for",
        [given](std::string const& span) {
            return set_end(*given, overrides::ending_after(span, "--for", this_moment()));
        },
        "How long it lasts (2h); then it is taken back, also in the running service");
    lasts.placeholder("TIME");
    line.option(
            "--until",
            [given](std::string const& time) {
                return set_end(*given, overrides::ending_at(time, "--until", this_moment()));
            },
            "Until when it lasts ('18:00', '2026-11-23 18:00', +2h)")
        .placeholder("TIME")
        .excludes(lasts);
    line.flag("--dry-run,-n", given->request.dry_run, "Show the entry, write nothing");
    line.flag("--apply", given->apply, "Run 'dynix apply' afterwards");
    add_schema_option(line, given->schema);
    line.flag("--strict", given->strict, "Fail when the schema cannot be read");
    add_wait_option(line, given->wait);
    add_file_option(line, given->request.path);
    add_json_option(line, given->json);
    line.footer("Example:\n"
                "  dynix append services.distccd.maxJobs 4 --message 'fewer jobs at night'\n"
                "A VALUE that begins with a dash and is no number goes behind '--'.");
    line.runs(
        [given, value] { return value.is_given() ? run(*given) : without_value(*given); }, code);
}

} // namespace dynix::tool
