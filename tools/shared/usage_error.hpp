// What both programs say of a command line: what is wrong with one that cannot be read, in words of
// our own, and how a command ends.
#pragma once

#include "dynix/base/error.hpp"
#include "dynix/base/exit_code.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace dynix::tool {

// The words behind the program's name, with those options behind the command that were typed in
// front of it: `dynix --json show` is `dynix show --json`.
std::vector<std::string> with_command_first(CLI::App const& app, std::span<char* const> words);

// What is wrong with a command line, and what to do. `first` is its first word.
error usage_error(CLI::App const& app, CLI::ParseError const& wrong, std::string const& first);

// The part of a help text that lists these exit codes, a line each.
std::string exit_status_help(std::function<bool(exit_meaning const&)> const& is_listed);
std::string exit_status_help(std::initializer_list<exit_code> codes);

} // namespace dynix::tool
