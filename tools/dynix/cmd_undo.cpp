// dynix undo: take entries back, or return to an older dynamic file.
#include "author.hpp"
#include "build_plan.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/overrides/choose.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/overrides/undo.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "entry_output.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <memory>

namespace dynix::tool {
namespace {

struct undo_arguments {
    std::string what;
    overrides::write_request request{.path = default_dynamic_file()};
    std::int64_t generation = 0;
    bool last = false;
    bool all = false;
    bool apply = false;
    bool json = false;
    std::optional<unsigned> wait;
};

result<overrides::undo_wish> wish_of(undo_arguments const& given) {
    if (given.all)
        return overrides::undo_wish(overrides::every_entry());
    if (given.last)
        return overrides::undo_wish(overrides::last_entry());
    auto wish = overrides::read_wish(given.what);
    if (!wish)
        return wish.error();
    if (auto const* number = std::get_if<std::int64_t>(&*wish))
        return overrides::undo_wish(overrides::numbered_entry{*number});
    auto& path = std::get<overrides::option_path>(*wish);
    return overrides::undo_wish(overrides::path_and_below{std::move(path)});
}

result<overrides::undo_outcome> undo(undo_arguments const& given) {
    if (auto good = check_can_change(given.request.path); !good)
        return good.error();
    auto request = given.request;
    sign(request, given.wait);
    if (given.generation != 0)
        return overrides::return_to_generation(request, given.generation);
    auto const wish = wish_of(given);
    if (!wish)
        return wish.error();
    return overrides::undo(request, *wish);
}

std::string
as_text(overrides::undo_outcome const& done, std::vector<overrides::effect_change> const& changes) {
    std::string out;
    for (auto const& one : done.taken)
        out +=
            fmt::format("took back entry {}: {}\n", one.entry, overrides::override_line(one.what));
    for (auto const& one : changes)
        out += one.after != nullptr
                   ? fmt::format(
                         "now {} (entry {})\n", overrides::override_line(*one.after->what),
                         one.after->from->number)
                   : fmt::format(
                         "now no override of {}\n",
                         syntax::print_attribute_path(one.before->what->path));
    if (done.line.generation != 0)
        out += fmt::format("generation {} is the file as it was\n", done.line.generation);
    return out;
}

std::string as_json(
    undo_arguments const& given, overrides::undo_outcome const& done,
    std::vector<overrides::effect_change> const& changes) {
    boost::json::array taken, changed;
    for (auto const& one : done.taken) {
        auto item = to_json(one.what);
        item["entry"] = one.entry;
        taken.push_back(std::move(item));
    }
    auto const side = [](overrides::effective_override const* one) -> boost::json::value {
        if (one == nullptr)
            return nullptr;
        return to_json(*one);
    };
    for (auto const& one : changes)
        changed.push_back(
            boost::json::object{{"before", side(one.before)}, {"after", side(one.after)}});
    return json::print(boost::json::object{
        {"file", given.request.path},
        {"dryRun", given.request.dry_run},
        {"entry", to_json(done.line)},
        {"takenBack", std::move(taken)},
        {"inEffect", std::move(changed)}});
}

exit_code run(undo_arguments const& given) {
    auto const done_or = undo(given);
    if (!done_or)
        return report(
            with_sudo_hint(done_or.error(), given.request.path), given.json, exit_code::refused);
    auto const before = overrides::effective_overrides(done_or->before);
    auto const after = overrides::effective_overrides(done_or->after);
    auto const changes = overrides::effect_changes(before, after);
    print(given.json ? as_json(given, *done_or, changes) : as_text(*done_or, changes));
    if (!given.apply || given.request.dry_run)
        return exit_code::done;
    auto const code = apply_now(given.request.path, given.wait, given.json);
    if (code != exit_code::done)
        note_line(fmt::format(
            "what was taken back is out of '{}' all the same: '{}' brings it back",
            given.request.path,
            undo_command(
                {"--to-generation", std::to_string(done_or->line.generation)},
                given.request.path)));
    return code;
}

} // namespace

void add_undo(CLI::App& app, exit_code& code) {
    command_line line(app, "undo", "Take entries back, or return to an older dynamic file");
    auto const given = std::make_shared<undo_arguments>();
    auto const what = line.option(
                              "WHAT", given->what,
                              "The number of an entry, or an option: every override at or below it")
                          .placeholder("N|PATH");
    auto const last = line.flag("--last", given->last, "The last entry");
    auto const all = line.flag("--all", given->all, "Every entry");
    auto const generation = line.option(
                                    "--to-generation", given->generation,
                                    "All since that older file ('dynix generations' lists them)")
                                .counts("a generation")
                                .placeholder("G");
    line.exactly_one({what, last, all, generation}, "What to take back, WHAT or one of");
    line.option("--message,-m", given->request.message, "Why, for 'dynix log'").placeholder("M");
    line.flag("--dry-run,-n", given->request.dry_run, "Show what would change, write nothing");
    line.flag("--apply", given->apply, "Run 'dynix apply' afterwards");
    add_wait_option(line, given->wait);
    add_file_option(line, given->request.path);
    add_json_option(line, given->json);
    line.footer("The other entries keep their numbers, and no number is given twice.\n\n"
                "Example:\n"
                "  dynix undo services.distccd.maxJobs --apply");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
