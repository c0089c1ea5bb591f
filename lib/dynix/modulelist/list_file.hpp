// A module list as a file: Nix that a person can read, and that nixmodules/minimal/use.nix
// evaluates a system with.
#pragma once

#include "dynix/modulelist/list_key.hpp"
#include "dynix/modulelist/work_out.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dynix::modulelist {

struct list_file {
    list_key key{};       // of the configuration and the nixpkgs it was worked out for
    std::string result{}; // the derivation of the system, with the list and with all modules
    std::vector<std::string> modules{};
};

// With the sum of its text (nixmodules/minimal/sum.nix); empty: none is in it.
std::string print_list_file(list_file const& what, std::string const& sum = {});

// The command, for a hint: of `file`, where a list can be in it.
std::string how_to_write(std::string_view file);

// Whether a list can be written to `file`, before it is worked out for minutes: the folder is there
// and can be written to, and no folder or device is in the place of the file.
result<void> check_writable(std::string const& file);

// Replaces the file, or makes it. It is whole at every moment, and of two writers the later one's.
// Nix is asked for the sum of the text.
result<void> write_list(
    request const& of, std::string const& file, list_file const& what, process::runner& with);

// Writes what was worked out, with the key of the system. Says why that list is not used; empty: it
// is.
result<std::string> keep_list(
    request const& of, std::string const& file, module_list const& list, process::runner& with);

// The modules of such a file, as Nix reads it.
result<std::vector<std::string>>
read_list(request const& of, std::string const& file, process::runner& with);

} // namespace dynix::modulelist
