// runtime-module: turn whole NixOS modules on and off at run time. Only the command line is here so
// far; every command refuses, so that nobody takes silence for success.
#include "shared/report.hpp"
#include "shared/usage_error.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace dynix;
using namespace dynix::tool;

int main(int argc, char** argv) {
    hold_standard_streams();
    CLI::App app("Turns NixOS modules on and off at run time.", "runtime-module");
    app.set_version_flag("-V,--version", "runtime-module " DYNIX_VERSION);
    app.require_subcommand(1);
    app.fallthrough(); // -j and -f are taken in any position
    app.footer(exit_status_help({exit_code::done, exit_code::refused, exit_code::usage}));
    bool json = false;
    bool force = false;
    app.add_flag("-j,--json", json, "Print a JSON record instead of text");
    app.add_flag("-f,--force", force, "Activate even if nothing changes");
    std::vector<std::string> names;
    auto const takes_names = [&](char const* verb, char const* about) {
        app.add_subcommand(verb, about)->add_option("NAME", names, "Names of modules")->required();
    };
    takes_names("enable", "Turn modules on");
    takes_names("disable", "Turn modules off");
    takes_names("status", "Show whether modules are on");
    app.add_subcommand("reset", "Turn every module off that was turned on here");
    app.add_subcommand("list", "List the modules that can be turned on");
    try {
        app.parse(argc, argv);
    } catch (CLI::Success const& asked) {
        return app.exit(asked);
    } catch (CLI::ParseError const& wrong) {
        bool const record = std::any_of(argv, argv + argc, [](std::string_view word) {
            return word == "-j" || word == "--json";
        });
        return static_cast<int>(report(
            usage_error(app, wrong, argc > 1 ? argv[1] : std::string()), record, exit_code::usage));
    }
    return static_cast<int>(report(
        fault(
            "runtime-module cannot do '" + app.get_subcommands().front()->get_name() + "' yet",
            "this version of dynix changes single settings only, with 'dynix append' and 'dynix "
            "apply'"),
        json, exit_code::refused));
}
