// A command as its command line describes it: its options, its help, and what runs.
//
// Hides CLI11 from the commands. Its headers cost g++ 12 three seconds in each file that has them,
// from a precompiled header as well; the few files that include them are those that read the
// command line.
#pragma once

#include "dynix/base/exit_code.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace dynix::tool {

// An option or argument that was added. Lives as long as the app.
class given_option {
  public:
    explicit given_option(CLI::Option* option) : option_(option) {}

    given_option required();
    // What stands for the value in the help: "F", "N|PATH".
    given_option placeholder(std::string const& word);
    // An empty shell variable must not pass for an option that was left out. The default is shown.
    given_option names_a_file();
    // The same of another value, for messages a `what`: "the name of a file".
    given_option not_empty(std::string const& what = "a value");
    // A number over zero, of a `what`: "a generation".
    given_option counts(std::string const& what);
    // A whole number of them, and at least that many.
    given_option seconds(unsigned least);
    given_option excludes(given_option other);
    // For callers that know it, and not for --help.
    given_option hidden();

    // Whether the command line has it; to be asked when the command runs.
    bool is_given() const;
    std::string name() const;
    // Under which heading of the help it stands.
    given_option under(std::string const& heading);

  private:
    CLI::Option* option_;
};

// Adds to a command, or to a group of options in it. The variables that it is given must live as
// long as the app.
class command_line {
  public:
    // Adds a command to `app`.
    command_line(CLI::App& app, std::string const& name, std::string const& about);

    given_option flag(std::string const& names, bool& is_given, std::string const& about);
    given_option option(std::string const& names, std::string& value, std::string const& about);
    given_option
    option(std::string const& names, std::optional<std::string>& value, std::string const& about);
    given_option
    option(std::string const& names, std::optional<unsigned>& value, std::string const& about);
    given_option option(std::string const& names, std::int64_t& value, std::string const& about);
    given_option
    option(std::string const& names, std::vector<std::string>& values, std::string const& about);
    // `take` returns what is wrong with the value, or nothing.
    given_option option(
        std::string const& names, std::function<std::string(std::string const&)> take,
        std::string const& about);

    // Exactly one of these must be given. (An option group of CLI11 demands it, too, but no
    // argument of a group is found behind '--'.)
    void exactly_one(std::vector<given_option> of, std::string const& about);

    // Not among the commands of --help.
    void hide();
    // What stands below the options in the help: the rules, an example, exit codes.
    void footer(std::string const& text);
    // Runs when the command is the one called, and sets `code`.
    void runs(std::function<exit_code()> body, exit_code& code);

  private:
    CLI::App* app_;
    std::vector<given_option> exactly_one_{};
};

} // namespace dynix::tool
