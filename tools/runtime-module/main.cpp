// runtime-module: turn whole NixOS modules on and off while the system runs.
#include "command.hpp"
#include "shared/report.hpp"
#include "shared/usage_error.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace dynix;
using namespace dynix::tool;

namespace {

// Whether a record was asked for, as far as a line that could not be read can tell.
bool wants_json(std::span<std::string const> words) {
    auto const end = std::ranges::find(words, std::string_view("--"));
    return std::any_of(words.begin(), end, [](std::string_view word) {
        // Flags of one letter may stand together: -nj.
        bool const letters = word.starts_with('-') && !word.starts_with("--");
        return word == "--json" || (letters && word.find('j') != word.npos);
    });
}

} // namespace

int main(int argc, char** argv) {
    hold_standard_streams();
    CLI::App app("Turns NixOS modules on and off while the system runs.", "runtime-module");
    app.set_version_flag("-V,--version", "runtime-module " DYNIX_VERSION);
    app.require_subcommand(1);
    app.fallthrough(); // flags are taken in any position
    arguments given;
    given.program = argv[0];
    app.add_flag("-j,--json", given.json, "Print a JSON record instead of text");
    app.add_flag(
        "-f,--force", given.force, "Activate even if nothing changes; disable what others need");
    app.add_flag("-n,--dry-run", given.dry_run, "Build, and show what would change");
    app.add_flag("-v,--verbose", given.verbose, "Show what Nix and the switch say as they say it");
    app.add_option(
           "--wait-for-lock", given.wait, "Seconds to wait for another command that holds the lock")
        ->type_name("SECS")
        ->check([](std::string const& value) { return wrong_seconds(value, 0); });
    app.add_flag("--elevated", given.elevated)->group("");
    app.add_option("--built", given.built)->group("");
    app.add_option("--root", given.root)->group("");
    app.footer(
        "A first session:\n"
        "  runtime-module list\n"
        "  runtime-module diff gaming\n"
        "  runtime-module enable gaming\n"
        "  runtime-module reset\n\n" +
        exit_status_help(program::runtime_module));
    auto code = exit_code::done;
    add_queries(app, given, code);
    add_changes(app, given, code);
    add_complete(app, given, code);
    for (auto* command : app.get_subcommands(nullptr))
        command->footer(
            "'runtime-module --help' lists the options that every command takes, and the exit "
            "status.");
    program_words typed;
    typed.words = with_command_first(app, {argv + 1, static_cast<std::size_t>(argc - 1)});
    typed.wants_json = wants_json(typed.words);
    // Flags may stand before what was meant for a command.
    typed.first = [&] {
        auto const rest = app.remaining();
        return rest.empty() ? std::string() : rest.front();
    };
    typed.changes = [&](CLI::App const& command) {
        constexpr std::string_view looking[] = {"list", "status", "diff", "complete"};
        return !given.dry_run &&
               std::ranges::find(looking, command.get_name()) == std::end(looking);
    };
    return run_program(app, typed, code);
}
