// A module list as a file: Nix that a person can read, and that nixmodules/minimal/use.nix
// evaluates a system with.
#pragma once

#include "dynix/modulelist/work_out.hpp"

#include <string>
#include <vector>

namespace dynix::modulelist {

struct list_file {
    std::string key{};    // of the configuration and the nixpkgs it was worked out for
    std::string result{}; // the derivation of the system, with the list and with all modules
    std::vector<std::string> modules{};
};

std::string print_list_file(list_file const& what);

// The key of the configuration as it is now; empty where the nixpkgs is no store path, which may
// change.
result<std::string> key_of(request const& of, process::runner& with);

// The modules of such a file, as Nix reads it.
result<std::vector<std::string>>
read_list(request const& of, std::string const& file, process::runner& with);

} // namespace dynix::modulelist
