// For benchmarks: parsers that others wrote, measured in the same run.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::syntax {

// tree-sitter with the grammar for Nix: DYNIX_TREE_SITTER_NIX names the grammar as a shared library
// (what `cc -O2 -shared -fPIC parser.c scanner.c` makes of it), and libtree-sitter is loaded from
// where the system has it. What it gives back parses one text and keeps its tree until the process
// ends; nullopt, with the reason in `why`, without them.
std::optional<std::function<void(std::string_view)>> tree_sitter(std::string& why);

// The seconds of processor time that Nix itself (as oracle/nix_parser.hpp finds it) takes to import
// the files, less what it takes to start and read them. The files must be functions, so that there
// is nothing to evaluate once they are parsed. Nullopt, with the reason in `why`, if Nix cannot.
std::optional<double> nix_seconds(std::vector<std::string> const& files, std::string& why);

} // namespace dynix::syntax
