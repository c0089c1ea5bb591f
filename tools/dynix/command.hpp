// What every command of dynix is made of: it adds itself to the command line, and says how it
// ended.
#pragma once

#include "default_file.hpp"
#include "dynix/base/exit_code.hpp"
#include "shared_options.hpp"

#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace dynix::tool {

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

// Shows the option at `path` as 'dynix options' does; false when none is known there.
bool show_option(std::string const& path, std::string const& schema, std::string const& file);

// Where the NixOS module says how the system is evaluated.
inline constexpr auto default_system_record = "/etc/dynix/system.json";

} // namespace dynix::tool
