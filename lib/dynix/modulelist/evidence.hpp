// Who reads and who defines the options of a system, as the modules themselves say it while Nix
// evaluates them (nixmodules/minimal/watch.nix).
#pragma once

#include "dynix/base/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::modulelist {

// One option that a module uses.
struct option_use {
    std::string option{};             // its path as Nix text: systemd.services
    std::optional<std::string> key{}; // one element of its value, such as the service
    bool declaration = false;         // the module uses how it is declared, not its value

    auto operator<=>(option_use const&) const = default;
};

// Modules of nixpkgs are called by their path relative to nixos/modules, others by their whole
// path.
struct option_facts {
    std::vector<std::string> declared_by{};
    std::vector<std::string> defined_by{}; // by definitions that have an effect
    bool keyed = false;                    // a set of submodules, such as systemd.services
    std::map<std::string, std::vector<std::string>>
        keys{}; // of each element that is read: who defines it
};

struct evidence {
    std::vector<std::string> list{}; // the whole module list, in its order
    std::string result{};            // what the evaluation gave: equal text, equal result
    std::map<std::string, std::vector<option_use>>
        uses{}; // by the module that reads; "" is the result itself
    std::map<std::string, option_facts> options{};
    std::map<std::string, std::string> imported_by{};
};

// Adds what one line of Nix's standard error says; lines of other origin say nothing. False when it
// is one of ours and cannot be read.
bool add_line(evidence& to, std::string_view line);

} // namespace dynix::modulelist
