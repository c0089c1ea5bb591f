// Becoming root for the activation, by the command that the system's setting names.
#pragma once

#include "command.hpp"

namespace dynix::tool {

// Why this user cannot activate anything, and what to do; nullopt when it can, by itself or with a
// command of the setting.
std::optional<error> cannot_activate(modules::module_record const& record, arguments const& given);

// Replaces this process by runtime-module as root, with the extension that was built here. Returns
// only to say why that failed.
error become_root(
    modules::module_record const& record, arguments const& given, std::string const& command,
    std::string const& extension);

} // namespace dynix::tool
