// The runtime modules of a system: /etc/dynix/modules.json, version 1, as
// nixmodules/runtime-modules/record.nix writes it.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/plan/system_record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::modules {

// A module that can be turned on: an item of services.runtimeModules.modules.
struct runtime_module {
    std::string name{};
    std::string description{};
    std::string path{}; // empty for one that is written in the configuration itself
    std::vector<std::string> requires_modules{};
    std::vector<std::string> conflicts{};
};

struct module_record {
    plan::system_source source{};          // how the base is evaluated
    std::vector<runtime_module> modules{}; // in the order of the option
    std::vector<std::string> enabled{};    // those that are part of this system, in the same order
    std::string base{};                    // the system without them; empty when none is enabled
    std::vector<std::string> elevation{};  // what goes before runtime-module where it needs root

    runtime_module const* find(std::string_view name) const;
    bool is_enabled(std::string_view name) const;
    std::vector<std::string> names() const;
};

// Whether the command line takes this as the name of a module: letters, digits and '._+-', a letter
// or a digit first (nixmodules/runtime-modules/faults.nix has the same rule).
bool is_module_name(std::string_view name);

// Where a system has its record.
std::string module_record_file(std::string const& system);

// Reads the record; `file` is its name for messages. Refused with the place named: wrong types, a
// newer version, names that are none, one name twice, enabled modules that are not in the list.
result<module_record> read_module_record(std::string_view text, std::string_view file);

} // namespace dynix::modules
