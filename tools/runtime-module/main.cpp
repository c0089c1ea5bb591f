// runtime-module: turn whole NixOS modules on and off at run time. Only the command line is here so
// far; every command refuses, so that nobody takes silence for success.
#include "dynix/base/error.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    CLI::App app("Turns NixOS modules on and off at run time.", "runtime-module");
    app.set_version_flag("-V,--version", "runtime-module " DYNIX_VERSION);
    app.require_subcommand(1);
    app.fallthrough(); // -j and -f are taken in any position
    bool json = false;
    bool force = false;
    app.add_flag("-j,--json", json, "Print a JSON record instead of text");
    app.add_flag("-f,--force", force, "Activate even if nothing changes");
    std::vector<std::string> names;
    for (auto const* verb : {"enable", "disable", "status"})
        app.add_subcommand(verb)->add_option("NAME", names, "Names of modules")->required();
    for (auto const* verb : {"reset", "list"})
        app.add_subcommand(verb);
    try {
        app.parse(argc, argv);
    } catch (CLI::Success const& asked) {
        return app.exit(asked);
    } catch (CLI::ParseError const& wrong) {
        auto const text = dynix::render(
            dynix::fault(wrong.what(), "'runtime-module --help' shows how it is used"));
        std::fputs(text.c_str(), stderr);
        return 2;
    }
    auto const text = dynix::render(dynix::fault(
        "runtime-module cannot do '" + app.get_subcommands().front()->get_name() + "' yet",
        "this version of dynix changes single settings only, with 'dynix append' and 'dynix "
        "apply'"));
    std::fputs(text.c_str(), stderr);
    return 1;
}
