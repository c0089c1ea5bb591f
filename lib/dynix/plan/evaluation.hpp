// Lets Nix build something that a NixOS system, found as its record says, makes of some strings.
#pragma once

#include "dynix/plan/system_record.hpp"
#include "dynix/process/runner.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynix::plan {

struct evaluation {
    system_source source{};
    // A Nix expression of a derivation, in which `system` is the system, `entry` what
    // eval-config.nix returns of it, and each of the arguments a string of that name.
    std::string body{};
    std::vector<std::pair<std::string, std::string>> arguments{};
    std::string subject{}; // what is built, for messages: "the activation script"
    std::optional<std::string> search_path{}; // NIX_PATH; nullopt: ours
    std::vector<std::string> readable{};      // as restrict_to takes them
    std::uint64_t heap_bytes = 0;             // to begin with; 0: as Nix does (heap_for_nix)
    std::string out_link{};                   // empty: no GC root
    std::chrono::milliseconds timeout = std::chrono::minutes(30);
    process::line_callback on_line{}; // each line of Nix's own output, as it comes
    bool lines_are_shown = false;     // by on_line, so that an error need not repeat them
    // Nix has evaluated, and reads nothing of the system any more: what is left is to build.
    std::function<void()> on_evaluated{};
};

// Nix's evaluator: what it is given, an expression or a file, it evaluates deeply and prints as
// JSON.
process::command json_evaluator();

// "name=/path:/other", as NIX_PATH is: the paths.
std::vector<std::string> paths_of_search_path(std::string_view search_path);

// How a path is found.
struct links_on_way {
    std::vector<std::string> links{}; // each that is met, by a path without another link
    std::vector<std::string> names{}; // of the same path, before each of them
    std::string leads_to{};           // without links
};
links_on_way links_of(std::string path);

// Nix may then read these files and folders and nothing else, neither another file nor the
// environment (Nix manual, "restrict-eval"). None of them: whatever it is asked for. One that links
// lead to another of them is a name of that one, and one that links lead elsewhere is passed over.
// The command is given this NIX_PATH.
void restrict_to(
    process::command& to, std::vector<std::string> const& readable, std::string_view search_path);

// Adds the expression and its strings to a command of any program of Nix, and NIX_PATH to its
// environment. Strings reach Nix as --argstr values, never as parts of the expression. The
// flake is what builtins.getFlake takes (flake_reference.hpp).
void add_expression(process::command& to, evaluation const& what);

// The command that builds it, as data.
process::command evaluation_command(evaluation const& what);

// The command that evaluates it, deeply, and prints JSON, as data. Of a flake, whose reference is
// then a URL, that is a pure evaluation: it reads what the lock names and nothing else, neither
// another file nor the environment (Nix manual, "pure-eval"), and a lock file that lacks an input
// is an error. The attribute of a flake has at least one name.
process::command json_command(evaluation const& what);

// The source as an expression takes it: with a flake as the command line of Nix reads it.
result<system_source> readable_source(system_source source);

// Runs it, with a flake read as on the command line of Nix, and returns the store path that it
// built. Nix's own output is in the error when it fails. The folder of `out_link` is made.
result<std::string> build(evaluation what, process::runner& with);

} // namespace dynix::plan
