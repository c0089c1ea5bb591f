// dynix append PATH VALUE: one more entry in the dynamic file.
#include "author.hpp"
#include "build_plan.hpp"
#include "command.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "entry_output.hpp"
#include "report.hpp"

#include <fmt/format.h>
#include <memory>
#include <unistd.h>

namespace dynix::tool {
namespace {

struct append_arguments {
    std::string path;
    std::string value;
    std::string file = default_dynamic_file;
    std::string message;
    bool string = false;
    bool expression = false;
    bool replace = false;
    bool dry_run = false;
    bool apply = false;
    bool json = false;
};

result<overrides::entry> append(append_arguments const& given) {
    auto path = syntax::parse_attribute_path(given.path, "PATH");
    if (!path)
        return path.error();
    auto const how = given.string       ? overrides::reading::string
                     : given.expression ? overrides::reading::expression
                                        : overrides::reading::literal_or_string;
    auto value = overrides::read_value(given.value, how);
    if (!value)
        return value.error();
    if (how == overrides::reading::literal_or_string)
        if (auto const doubt = overrides::doubt_about_string(given.value, *value); !doubt.empty())
            note_line(doubt);

    overrides::append_request request;
    request.path = given.file;
    request.wanted = {std::move(*path), std::move(*value), given.replace};
    request.time = current_time();
    request.user = current_user();
    request.message = given.message;
    request.dry_run = given.dry_run;
    request.on_wait = [](std::string const& holder) {
        note_line(fmt::format("waiting for {}", holder));
    };
    auto added = overrides::append(request);
    if (!added && ::geteuid() != 0 && added.error().hint.empty()) {
        auto failed = added.error();
        failed.hint = "the dynamic file belongs to root: try again with sudo";
        return failed;
    }
    return added;
}

int run(append_arguments const& given) {
    auto const added = append(given);
    if (!added)
        return report(added.error(), given.json, refused);
    if (given.json)
        print(json::print(boost::json::object{
            {"file", given.file}, {"dryRun", given.dry_run}, {"entry", to_json(*added)}}));
    else
        print(entry_lines(*added));
    if (given.apply && !given.dry_run)
        return apply_now(given.file);
    return done;
}

} // namespace

void add_append(CLI::App& app, int& code) {
    auto* command = app.add_subcommand("append", "Append an override to the dynamic file");
    auto const given = std::make_shared<append_arguments>();
    command->add_option("PATH", given->path, "The option, such as services.distccd.maxJobs")
        ->required();
    command
        ->add_option(
            "VALUE", given->value,
            "A Nix literal (4, true, null, \"text\", [ 1 2 ], { a = 1; }); anything else is a "
            "string")
        ->required();
    auto* string = command->add_flag("--string", given->string, "VALUE is a string, as it stands");
    command->add_flag("--expr", given->expression, "VALUE is a Nix expression")->excludes(string);
    command->add_flag(
        "--replace", given->replace,
        "Replace the whole subtree instead of the leaves that VALUE names");
    command->add_option("--message,-m", given->message, "Why, for 'dynix log'")->type_name("M");
    command->add_flag("--dry-run,-n", given->dry_run, "Show the entry, write nothing");
    command->add_flag("--apply", given->apply, "Run 'dynix apply' afterwards");
    add_file_option(*command, given->file);
    add_json_option(*command, given->json);
    command->footer("Example:\n"
                    "  dynix append services.distccd.maxJobs 4 --message 'fewer jobs at night'\n"
                    "A VALUE that begins with a dash goes behind '--'.");
    command->callback([given, &code] { code = run(*given); });
}

} // namespace dynix::tool
