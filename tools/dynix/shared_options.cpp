#include "command.hpp"

namespace dynix::tool {

void add_json_option(CLI::App& command, bool& json) {
    command.add_flag("--json", json, "Print a JSON record instead of text");
}

void add_file_option(CLI::App& command, std::string& file) {
    command.add_option("--file", file, "The dynamic file")->capture_default_str()->type_name("F");
}

void add_build_options(CLI::App& command, build_request& build) {
    command
        .add_option("--file", build.file, "The dynamic file (default: the one the system names)")
        ->type_name("F");
    build.system = default_system_record;
    command.add_option("--system", build.system, "How the system is evaluated")
        ->capture_default_str()
        ->type_name("F");
    command.add_flag("--verbose,-v", build.verbose, "Show Nix's own output as it comes");
}

} // namespace dynix::tool
