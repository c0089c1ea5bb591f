#include "command.hpp"

#include <fmt/format.h>

namespace dynix::tool {
namespace {

// An empty shell variable must not pass for an option that was left out.
std::string not_empty(std::string const& name) {
    return name.empty() ? "expected the name of a file, found nothing" : "";
}

} // namespace

void add_json_option(CLI::App& command, bool& json) {
    command.add_flag("--json", json, "Print a JSON record instead of text");
}

void add_file_option(CLI::App& command, std::string& file) {
    command.add_option("--file", file, "The dynamic file")
        ->check(not_empty)
        ->capture_default_str()
        ->type_name("F");
}

void add_schema_option(CLI::App& command, std::string& schema) {
    command.add_option("--schema", schema, "What is known of the options")
        ->check(not_empty)
        ->capture_default_str()
        ->type_name("F");
}

void add_system_option(CLI::App& command, std::string& system) {
    command.add_option("--system", system, "How the system is evaluated")
        ->check(not_empty)
        ->capture_default_str()
        ->type_name("F");
}

void add_build_options(CLI::App& command, build_request& build) {
    command
        .add_option("--file", build.file, "The dynamic file (default: the one the system names)")
        ->check(not_empty)
        ->type_name("F");
    build.system = default_system_record;
    add_system_option(command, build.system);
    command
        .add_option_function<std::string>(
            "--verify",
            [&build](std::string const& how) {
                if (how != "quick" && how != "full")
                    throw CLI::ValidationError(
                        "--verify", fmt::format("expected quick or full, found '{}'", how));
                build.verify = how == "full" ? plan::verification::full : plan::verification::quick;
            },
            "How leaks are looked for: quick compares units, /etc, users, groups and the names of "
            "packages, full the complete systems (default: quick)")
        ->type_name("quick|full");
    command.add_flag("--verbose,-v", build.verbose, "Show Nix's own output as it comes");
}

void add_allow_leak_option(CLI::App& command, bool& allow_leak) {
    command.add_flag(
        "--allow-leak", allow_leak,
        "Go on when the overrides reach more than the planned units, and leave that as it is");
}

void add_place_options(CLI::App& command, place& where) {
    command.add_flag("--here", where.here, "Do it in this process, not in a unit of its own");
    command.add_flag("--in-unit", where.in_unit)->group("");
}

} // namespace dynix::tool
