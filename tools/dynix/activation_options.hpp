// What 'dynix apply' hands on to the 'dynix activate' of the activation script as it was given.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dynix::tool {

class command_line;

struct activation_arguments {
    bool dry_run = false;
    bool no_restore = false;
    bool allow_leak = false;
    bool json = false;
    std::optional<unsigned> timeout{};
    std::string confirm{}; // a time span; empty: it is not to be confirmed
    bool anyone = false;
    std::optional<unsigned> lock_wait{};
};

// Adds an option for each; `given` must live as long as the app.
void add_activation_options(
    command_line& line, activation_arguments& given, std::string const& about_dry_run);

// The same options as words of a command line.
std::vector<std::string> words_of(activation_arguments const& given);

} // namespace dynix::tool
