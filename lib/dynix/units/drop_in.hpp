// The drop-in that turns one unit text into another, or the reasons why no drop-in can.
#pragma once

#include "dynix/units/unit_file.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dynix::units {

// A difference that a drop-in cannot express.
struct refusal {
    std::string section{};
    std::string key{};
    std::string reason{};
};

// What is compared and replayed as one: the key of an assignment, or the group that it belongs to
// (directives.hpp).
std::string subject_name(assignment const& one);

// One directive that differs, or a group of them: its raw values on either side.
struct directive_change {
    std::string section{};
    std::string key{}; // its subject_name
    std::vector<std::string> before{};
    std::vector<std::string> after{};
};

struct drop_in {
    std::string text{}; // empty when nothing differs
    std::vector<directive_change> changes{};
    std::vector<refusal> refusals{}; // not empty: `text` must not be used
};

// A drop-in that, read by systemd after `before`, gives a unit that is configured as `after` is.
drop_in make_drop_in(unit_file const& before, unit_file const& after);

// The refusals as one error that names unit, section, key and reason for each.
error refused(std::string_view unit, std::vector<refusal> const& refusals);

} // namespace dynix::units
