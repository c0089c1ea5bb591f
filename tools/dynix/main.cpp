// dynix: change a running NixOS service without rebuilding the system.
#include "command.hpp"
#include "shared/report.hpp"
#include "shared/usage_error.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <clocale>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace dynix;
using namespace dynix::tool;

// Whether a record was asked for, as far as a line that could not be read can tell.
bool wants_json(std::span<std::string const> words) {
    auto const end = std::ranges::find(words, std::string_view("--"));
    return std::find(words.begin(), end, std::string_view("--json")) != end;
}

bool is_given(CLI::App const& command, char const* name) {
    auto const* option = command.get_option_no_throw(name);
    return option != nullptr && option->count() > 0;
}

// Whether a command that succeeds changes a file or what runs.
bool changes_something(CLI::App const& command) {
    constexpr std::string_view changing[] = {"append",  "undo",    "apply",    "reset", "confirm",
                                             "certify", "reapply", "activate", "due"};
    if (command.get_name() == "modules")
        return is_given(command, "--write");
    return std::ranges::find(changing, command.get_name()) != std::end(changing) &&
           !is_given(command, "--dry-run") && !is_given(command, "--status");
}

} // namespace

int main(int argc, char** argv) {
    hold_standard_streams();
    CLI::App app(
        "Changes settings of running NixOS services, without a rebuild of the system.", "dynix");
    app.require_subcommand(1);
    app.set_version_flag("--version", "dynix " DYNIX_VERSION);
    app.footer(
        "A first session:\n"
        "  dynix append services.distccd.maxJobs 4\n"
        "  dynix diff\n"
        "  dynix apply\n"
        "  dynix reset\n\n" +
        exit_status_help(program::dynix));
    exit_code code = exit_code::done;
    add_append(app, code);
    add_show(app, code);
    add_log(app, code);
    add_undo(app, code);
    add_generations(app, code);
    add_check(app, code);
    add_export(app, code);
    add_options(app, code);
    add_why(app, code);
    add_diff(app, code);
    add_apply(app, code);
    add_confirm(app, code);
    add_certify(app, code);
    add_reapply(app, code);
    add_status(app, code);
    add_reset(app, code);
    add_activate(app, code);
    add_modules(app, code);
    add_parse(app, code);
    add_complete(app, code);
    add_due(app, code);

    program_words given;
    given.words = with_command_first(app, {argv + 1, static_cast<std::size_t>(argc - 1)});
    given.wants_json = wants_json(given.words);
    given.first = [&] { return given.words.empty() ? std::string() : given.words.front(); };
    given.changes = changes_something;
    return run_program(app, given, code);
}
