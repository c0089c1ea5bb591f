// A module list as a file: Nix that a person can read, and that nixmodules/minimal/use.nix
// evaluates a system with.
#pragma once

#include "dynix/modulelist/list_key.hpp"
#include "dynix/modulelist/work_out.hpp"

#include <string>
#include <vector>

namespace dynix::modulelist {

struct list_file {
    list_key key{};       // of the configuration and the nixpkgs it was worked out for
    std::string result{}; // the derivation of the system, with the list and with all modules
    std::vector<std::string> modules{};
};

std::string print_list_file(list_file const& what);

// Whether a list can be written to `file`, before it is worked out for minutes: the folder is there
// and can be written to, and no folder or device is in the place of the file.
result<void> check_writable(std::string const& file);

// Replaces the file, or makes it. It is whole at every moment, and of two writers the later one's.
result<void> write_list(std::string const& file, list_file const& what);

// The modules of such a file, as Nix reads it.
result<std::vector<std::string>>
read_list(request const& of, std::string const& file, process::runner& with);

} // namespace dynix::modulelist
