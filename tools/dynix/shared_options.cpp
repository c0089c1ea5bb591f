#include "shared_options.hpp"

#include "build_plan.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "own_unit.hpp"

#include <fmt/format.h>

namespace dynix::tool {

given_option add_json_option(command_line& line, bool& json) {
    return line.flag("--json", json, "Print a JSON record instead of text");
}

void add_file_option(command_line& line, std::string& file) {
    line.option("--file", file, "The dynamic file").names_a_file();
}

void add_schema_option(command_line& line, std::string& schema) {
    line.option("--schema", schema, "What is known of the options").names_a_file();
}

void add_system_option(command_line& line, std::string& system) {
    line.option("--system", system, "How the system is evaluated").names_a_file();
}

void add_build_options(command_line& line, build_arguments& build) {
    auto& request = build.request;
    line.option(
            "WHAT", build.chosen,
            "Entries by their numbers, or options: every override at or below them. These alone "
            "are taken, with what is applied already (default: the whole dynamic file)")
        .placeholder("N|PATH");
    line.option("--file", request.file, "The dynamic file (default: the one the system names)")
        .names_a_file();
    request.system = default_system_record;
    add_system_option(line, request.system);
    line.option(
            "--verify",
            [&request](std::string const& how) {
                auto const named = plan::verification_named(how);
                if (named)
                    request.verify = *named;
                return named ? std::string()
                             : fmt::format("expected quick or full, found '{}'", how);
            },
            "How leaks are looked for: quick compares units, /etc, users, groups and the names of "
            "packages, full the complete systems (default: quick)")
        .placeholder("quick|full");
    line.flag(
        "--no-certificate", request.no_certificate,
        "Compare, also where it is proved that no value reaches anything else");
    line.flag("--verbose,-v", build.verbose, "Show Nix's own output as it comes");
}

void add_allow_leak_option(command_line& line, bool& allow_leak) {
    line.flag(
        "--allow-leak", allow_leak,
        "Go on when the overrides reach more than the planned units, and leave that as it is");
}

void add_wait_option(command_line& line, std::optional<unsigned>& seconds) {
    line.option(
            "--wait-for-lock", seconds, "Seconds to wait for another command that holds the lock")
        .placeholder("SECS")
        .seconds(0);
}

void add_place_options(command_line& line, place& where) {
    line.flag("--here", where.here, "Do it in this process, not in a unit of its own");
    line.flag("--in-unit", where.in_unit, "").hidden();
    line.option("--by", where.by, "").hidden();
}

} // namespace dynix::tool
