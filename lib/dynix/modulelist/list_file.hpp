// A module list as a file: Nix that a person can read, and that nixmodules/minimal/use.nix
// evaluates a system with.
#pragma once

#include "dynix/modulelist/work_out.hpp"

#include <map>
#include <string>
#include <vector>

namespace dynix::modulelist {

// What a list is known again by.
struct list_key {
    std::string text{};    // empty: the list holds for nothing that can be known again
    std::string because{}; // then: why, as the end of a sentence
    // Which attributes `config`, `config.system` and `config.system.build` of the system have with
    // all modules, by the last of these names.
    std::map<std::string, std::vector<std::string>> names{};
};

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

// The key of the configuration as it is now. It is the hash of the folder of the configuration, so
// there is none where the system, whose derivation is given, takes any other file that is not in
// the store, or the environment. A flake has neither.
result<list_key> key_of(request const& of, std::string const& system_result, process::runner& with);

// Why the system is evaluated with all modules although it has a list; empty: it is not.
result<std::string> why_unused(request const& of, process::runner& with);

// The modules of such a file, as Nix reads it.
result<std::vector<std::string>>
read_list(request const& of, std::string const& file, process::runner& with);

} // namespace dynix::modulelist
