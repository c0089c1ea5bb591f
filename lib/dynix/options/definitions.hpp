// At which priorities the static configuration defines an option and what is below it.
//
// The module system looks at priorities from the outside in (NixOS manual, "Setting Priorities"):
// of the definitions of a set only those with the highest priority are looked into, and a bare
// override of one name in it is a definition with the priority of every plain one. Below a set of
// another priority it would be lost, or all its neighbours. So it is put at the priority of the
// set, where it joins the static definitions.
#pragma once

#include "dynix/base/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dynix::options {

using option_path = std::vector<std::string>;

// The priority of a definition without one.
inline constexpr std::int64_t plain_priority = 100;
// That of lib.mkForce.
inline constexpr std::int64_t forced_priority = 50;

// What the configuration says at a place. `name` is its last name, empty for the option itself.
struct definition {
    std::string name{};
    std::optional<std::int64_t> priority{}; // none for a group of options in a submodule
    std::vector<definition> below{};        // sorted by name
};

// The set at the first `length` names of a path, and the priority at which an override below it
// stands.
struct set_priority {
    std::size_t length = 0;
    std::int64_t priority = plain_priority;

    bool operator==(set_priority const&) const = default;
};

// The sets around `path` at whose priority an override of it must be put; the outermost comes
// first. `of_option` is what is known of the option at the first `option_length` names. An error
// when a set has a priority that no entry of the dynamic file can get around.
result<std::vector<set_priority>> sets_around(
    definition const& of_option, std::size_t option_length, std::span<std::string const> path);

// The priority at which `path` itself is defined; nullopt when nothing defines it.
std::optional<std::int64_t> priority_at(
    definition const& of_option, std::size_t option_length, std::span<std::string const> path);

} // namespace dynix::options
