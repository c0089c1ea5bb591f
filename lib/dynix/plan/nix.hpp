// The programs of Nix, found in PATH, and what decides how they answer. Nothing else names them.
#pragma once

#include "dynix/process/command.hpp"

#include <initializer_list>

namespace dynix::plan::nix {

constexpr auto evaluator = "nix-instantiate"; // prints JSON (json_evaluator)
constexpr auto builder = "nix-build";
constexpr auto store = "nix-store";
constexpr auto program = "nix"; // for a flake

// `program` needs it, and every expression that gets a flake.
inline void allow_flakes(process::command& to) {
    to.args.insert(to.args.end(), {"--extra-experimental-features", "nix-command flakes"});
}

// Those that evaluate: a certificate holds for them.
inline constexpr std::initializer_list<char const*> evaluating = {builder, evaluator};

// The variables with which dynix, when systemd starts it later, finds the same Nix and evaluates as
// now. Not NIX_CONFIG: it may hold an access token, and systemd shows a unit's environment to all.
inline constexpr std::initializer_list<char const*> variables = {
    "PATH",         "LD_LIBRARY_PATH",    "HOME", "NIX_PATH", "NIX_REMOTE",
    "NIX_CONF_DIR", "NIX_USER_CONF_FILES"};

} // namespace dynix::plan::nix
