// The files that make up a unit: its unit file and its drop-ins, other than ours.
#pragma once

#include "dynix/host/machine.hpp"
#include "dynix/plan/drift.hpp"
#include "dynix/units/unit_file.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynix::activation {

struct layered_unit {
    units::unit_file planned_static;
    units::unit_file planned_dynamic;
    units::unit_file below_static;  // what systemd reads before our drop-in, as it is
    units::unit_file below_dynamic; // the same with the dynamic text in place of the static one
    // Drop-ins other than the planned text that systemd reads before ours, by path, and those that
    // it reads after ours.
    std::vector<std::pair<std::string, units::unit_file>> below;
    std::vector<std::pair<std::string, units::unit_file>> above;
    // What the unit file and the drop-ins of others say, by path.
    std::vector<std::pair<std::string, std::string>> texts;
    // None of NixOS's files for the unit has the static text.
    std::optional<plan::drifted_unit> drift;
};

// Reads the files systemd named in `status`. Refused: a unit that is none of NixOS's own, and a
// file that hides our drop-in.
result<layered_unit> read_layers(
    host::unit_status const& status, std::string_view static_text, std::string_view dynamic_text,
    host::machine& host);

} // namespace dynix::activation
