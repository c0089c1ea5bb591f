// The credentials that a unit's processes get (systemd.exec(5), "Credentials").
#pragma once

#include "dynix/units/unit_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dynix::units {

struct credential {
    std::string name{};                // of ImportCredential=, a pattern of names
    std::optional<std::string> path{}; // LoadCredential= of a file, a socket or a folder
    std::optional<std::string> text{}; // SetCredential=, which counts where there is no `path`
    // Why what it holds cannot be told from the unit; empty when it can.
    std::string unknown{};

    friend bool operator==(credential const&, credential const&) = default;
};

// Of each name one: LoadCredential= goes before SetCredential=, and the last of several counts. An
// assignment that systemd ignores is left out.
std::vector<credential> planned_credentials(unit_file const& unit);

} // namespace dynix::units
