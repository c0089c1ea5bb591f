// ExecStart= and Environment= values, split as systemd splits them (systemd.service(5)).
#pragma once

#include "dynix/units/unit_file.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::units {

// Text in which some parts are known only when the unit starts: specifiers ("%i") and variables
// ("${HOME}").
struct text_pattern {
    std::string before{};             // the known text up to the first unknown part
    std::vector<std::string> after{}; // the known text after each unknown part
    bool any_words = false;           // a bare "$NAME": any number of words, also none

    bool matches(std::string_view text) const;
    std::string show() const; // with "*" for the unknown parts
};

struct command_pattern {
    text_pattern program;
    text_pattern argv0; // what '@' gives, else the program
    std::vector<text_pattern> args{};

    // Whether a process with this argv runs the command. A script is run by its interpreter, so the
    // kernel puts the interpreter and its options before the program's path.
    bool matches(std::vector<std::string> const& argv) const;
    std::string show() const;
};

struct assignment_pattern {
    std::string name{};
    text_pattern value;
};

// The commands of one ExecStart= value: one, or several that are separated by ';'.
result<std::vector<command_pattern>> split_command_line(std::string_view value);

// The assignments of one Environment= value.
result<std::vector<assignment_pattern>> split_environment(std::string_view value);

// The environment a unit text asks for: the last assignment of each variable, those of
// UnsetEnvironment= left out.
result<std::vector<assignment_pattern>> planned_environment(unit_file const& unit);

// The command whose process stays while the unit is active: the last ExecStart=. None for a unit
// without one.
result<std::optional<command_pattern>> planned_command(unit_file const& unit);

} // namespace dynix::units
