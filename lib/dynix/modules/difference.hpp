// What turns out otherwise when one system takes the place of another one.
#pragma once

#include "dynix/modules/extension.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dynix::modules {

enum class change { added, removed, changed };

// What a switch does with a unit (NixOS manual, "Unit handling"); those that do not run are left
// alone where they would be stopped, restarted or reloaded.
enum class unit_action { none, start, stop, restart, reload };

struct difference {
    std::string kind{}; // as in base_difference
    std::string name{};
    change what{};
    unit_action action = unit_action::none; // of a unit

    friend bool operator==(difference const&, difference const&) = default;
};

// The kind of what takes effect when a system boots: the kernel, its parameters, the initrd.
inline constexpr std::string_view boot_kind = "boot";

// The words of --json: "added", "removed", "changed"; "start", "stop", "restart", "reload", "".
std::string_view to_string(change what);
std::string_view to_string(unit_action what);

// From the one extension of a base to the other one; no difference is the base itself. In the order
// of kinds and names.
std::vector<difference>
differences(std::vector<base_difference> const& from, std::vector<base_difference> const& to);

} // namespace dynix::modules
