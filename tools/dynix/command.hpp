// What every command of dynix is made of: it adds itself to the command line, and says how it
// ended.
#pragma once

#include "dynix/base/exit_code.hpp"
#include "dynix/overrides/dynamic_file.hpp"

#include <optional>
#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace dynix::tool {

class command_line;
struct build_arguments;
struct place;

// Each adds one command to `app`; when the command is the one called, it runs and sets `code`.
void add_append(CLI::App& app, exit_code& code);
void add_show(CLI::App& app, exit_code& code);
void add_log(CLI::App& app, exit_code& code);
void add_undo(CLI::App& app, exit_code& code);
void add_generations(CLI::App& app, exit_code& code);
void add_certify(CLI::App& app, exit_code& code);
void add_check(CLI::App& app, exit_code& code);
void add_export(CLI::App& app, exit_code& code);
void add_diff(CLI::App& app, exit_code& code);
void add_apply(CLI::App& app, exit_code& code);
void add_activate(CLI::App& app, exit_code& code);
void add_confirm(CLI::App& app, exit_code& code);
void add_due(CLI::App& app, exit_code& code);
void add_reapply(CLI::App& app, exit_code& code);
void add_status(CLI::App& app, exit_code& code);
void add_reset(CLI::App& app, exit_code& code);
void add_options(CLI::App& app, exit_code& code);
void add_why(CLI::App& app, exit_code& code);
void add_modules(CLI::App& app, exit_code& code);
void add_parse(CLI::App& app, exit_code& code);
void add_complete(CLI::App& app, exit_code& code);

// Options that several commands share; the variables must live as long as the app.
void add_json_option(command_line& line, bool& json);
void add_file_option(command_line& line, std::string& file);
void add_schema_option(command_line& line, std::string& schema);
void add_system_option(command_line& line, std::string& system);
void add_build_options(command_line& line, build_arguments& build);
void add_allow_leak_option(command_line& line, bool& allow_leak);
void add_confirm_options(command_line& line, std::string& confirm, bool& anyone);
void add_place_options(command_line& line, place& where);
// nullopt: as long as the command waits by itself.
void add_wait_option(command_line& line, std::optional<unsigned>& seconds);

// Shows the option at `path` as 'dynix options' does; false when none is known there.
bool show_option(std::string const& path, std::string const& schema, std::string const& file);

// The dynamic file when nothing names another one: the one that the system was built with
// (`dynamicism.dynamicFile`), or /etc/nixos/dynamic.nix on a system that was built without dynix.
std::string const& default_dynamic_file();
// The dynamic file of a command that only reads it. No file is one without overrides; but one that
// the user named, and that is not there, is a mistyped one.
result<overrides::dynamic_file> load_to_read(std::string const& file);
// The same where no file is no mistake. "-" is standard input for both.
result<overrides::dynamic_file> load_overrides(std::string const& file);
// Of a command that changes it: standard input cannot be.
result<void> check_can_change(std::string const& file);
// Where the NixOS module says how the system is evaluated.
inline constexpr auto default_system_record = "/etc/dynix/system.json";

} // namespace dynix::tool
