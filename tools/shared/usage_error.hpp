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

// What is wrong with the value of an option that is a whole number of seconds, or nothing. More
// than a year is a slip.
std::string wrong_seconds(std::string const& value, unsigned least);

// What a program knows of its command line.
struct program_words {
    std::vector<std::string> words; // with_command_first
    // Whether a record was asked for, as far as a line that could not be read can tell.
    bool wants_json = false;
    // Its first word that was meant for a command.
    std::function<std::string()> first{};
    // Whether this command, when it succeeds, has changed a file or what runs. Asked before it
    // runs, and behind it.
    std::function<bool(CLI::App const& command)> changes{};
};

// Reads the line and runs the command, which sets `code`. Returns the exit status of the program,
// which also says whether its results could be written. Nobody who reads no more ends a command
// that changes something.
int run_program(CLI::App& app, program_words const& given, exit_code const& code);

// The part of a help text that lists the exit codes of a program, or these, a line each.
std::string exit_status_help(program of);
std::string exit_status_help(std::initializer_list<exit_code> codes);

} // namespace dynix::tool
