// Options that several commands share.
#pragma once

#include <optional>
#include <string>

namespace dynix::tool {

class command_line;
class given_option;
struct build_arguments;
struct place;

// Each adds its options to a command; the variables must live as long as the app.
given_option add_json_option(command_line& line, bool& json);
void add_file_option(command_line& line, std::string& file);
void add_schema_option(command_line& line, std::string& schema);
void add_system_option(command_line& line, std::string& system);
void add_build_options(command_line& line, build_arguments& build);
void add_allow_leak_option(command_line& line, bool& allow_leak);
void add_place_options(command_line& line, place& where);
// nullopt: as long as the command waits by itself.
void add_wait_option(command_line& line, std::optional<unsigned>& seconds);

} // namespace dynix::tool
