// The dynamic file that a command works on.
#pragma once

#include "dynix/overrides/dynamic_file.hpp"

#include <string>
#include <vector>

namespace dynix::tool {

// The dynamic file when nothing names another one: the one that the system was built with
// (`dynamicism.dynamicFile`), or /etc/nixos/dynamic.nix on a system that was built without dynix.
std::string const& default_dynamic_file();
// The dynamic file of a command that only reads it. No file is one without overrides; but one that
// the user named, and that is not there, is a mistyped one.
result<overrides::dynamic_file> load_to_read(std::string const& file);
// The same where no file is no mistake. "-" is standard input for both.
result<overrides::dynamic_file> load_overrides(std::string const& file);
// `dynix undo WORDS` of it as it is typed into a shell; the one of the system is not named.
std::string undo_command(std::vector<std::string> words, std::string const& file);
// Of a command that changes it: standard input cannot be.
result<void> check_can_change(std::string const& file);

} // namespace dynix::tool
