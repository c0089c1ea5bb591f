// Command lines that cannot be read: what is wrong with them, in words of our own.
#pragma once

#include "dynix/base/error.hpp"

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <vector>

namespace dynix::tool {

// The words behind the program's name, with those options behind the command that were typed in
// front of it: `dynix --json show` is `dynix show --json`.
std::vector<std::string> with_command_first(CLI::App const& app, std::span<char* const> words);

// What is wrong with a command line, and what to do. `first` is its first word.
error usage_error(CLI::App const& app, CLI::ParseError const& wrong, std::string const& first);

} // namespace dynix::tool
