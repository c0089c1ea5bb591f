// The record of what runtime-module did last: /run/runtime-modules/state.json, version 1. Which
// modules are on is never read from it, but from the system that runs (running.hpp).
#pragma once

#include "dynix/host/paths.hpp"
#include "dynix/host/runtime_files.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::modules {

// A system with modules, by its store path.
struct extended_system {
    std::string system{};
    std::vector<std::string> enabled{};
};

struct module_state {
    std::string since{}; // date and time
    std::string base{};  // the system without modules
    // What the last activation that ended well made.
    extended_system applied{};
    // An activation that began and did not end, or whose end was not seen.
    std::optional<extended_system> activating{};
    // The extension of `applied` (extension.hpp); empty for the base.
    std::string extension{};
};

// nullopt when there is none. A file that cannot be understood, or that somebody else may have put
// there, is an error that says how to go on.
result<std::optional<module_state>>
read_state(host::runtime_files& files, host::paths const& where);

// Readable by all and writable by root, whatever the umask. One that cannot be read is kept beside,
// as 'state.json.damaged'.
result<void>
write_state(host::runtime_files& files, host::paths const& where, module_state const& what);

// The system with modules that is being activated, when it is the one that /run/current-system
// leads to: so it is for what a switch starts in the middle of it. A switch to any other system has
// none, whatever the state says.
std::optional<extended_system>
being_activated(host::runtime_files& files, host::paths const& where);

result<module_state> parse_state(std::string_view text, std::string_view file);
std::string print_state(module_state const& what);

} // namespace dynix::modules
