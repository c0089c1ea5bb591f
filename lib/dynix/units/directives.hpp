// What a drop-in can do to each directive of a unit file: a table, from systemd's man pages.
#pragma once

#include <string_view>

namespace dynix::units {

enum class directive_kind {
    scalar,   // the last assignment wins
    list,     // assignments add up; `unset` clears them (and those of the whole group)
    additive, // assignments add up and nothing clears them: dependencies
    ignored,  // systemd does not look at it: X-* keys and sections
    fixed,    // a change takes more than a restart of the unit
};

struct directive {
    directive_kind kind = directive_kind::scalar;
    // For list and scalar: what to assign so that the unit is as if the key were never mentioned.
    // nullptr for a scalar that has no such value.
    char const* unset = nullptr;
    // Directives that share one list in systemd, so that clearing one clears all: the group's name,
    // else empty. A scalar among them goes back to its default when the list is cleared.
    std::string_view group{};
    // For fixed: why.
    std::string_view reason{};
};

// The directive, or nullptr when dynix does not know it. `section` is "Unit", "Service", ...
directive const* find_directive(std::string_view section, std::string_view key);

} // namespace dynix::units
