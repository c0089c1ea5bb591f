// The programs of Nix, found in PATH, and what decides how they answer. Nothing else names them.
#pragma once

#include "dynix/base/error.hpp"
#include "dynix/process/command.hpp"

#include <initializer_list>
#include <string_view>
#include <vector>

namespace dynix::plan::nix {

constexpr auto evaluator = "nix-instantiate"; // prints JSON (json_evaluator)
constexpr auto builder = "nix-build";
constexpr auto store = "nix-store";
constexpr auto program = "nix"; // for a flake

// A run of one of them whose words are read: each line is as Nix says it, without colours or marks,
// whatever the environment and nix.conf say.
process::command command_of(std::string_view name);

// The notes of an error on what one of them has said: its own error first, where that stands behind
// a trace or what else it said, and all of it.
std::vector<note> notes_on(std::string_view said);

// `program` needs it, and every expression that gets a flake.
void allow_flakes(process::command& to);

// Those that evaluate: a certificate holds for them.
inline constexpr std::initializer_list<char const*> evaluating = {builder, evaluator};

// The variables with which dynix, when systemd starts it later, finds the same Nix and evaluates as
// now. Not NIX_CONFIG: it may hold an access token, and systemd shows a unit's environment to all.
inline constexpr std::initializer_list<char const*> variables = {
    "PATH",         "LD_LIBRARY_PATH",    "HOME", "NIX_PATH", "NIX_REMOTE",
    "NIX_CONF_DIR", "NIX_USER_CONF_FILES"};

} // namespace dynix::plan::nix
