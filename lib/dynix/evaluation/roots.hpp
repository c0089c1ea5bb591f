// What an evaluation of the system may read while a certificate is made.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/plan/system_record.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dynix::evaluation {

// The files and folders that Nix may read: what the record names, the entries of NIX_PATH
// (`search_path`, its value), and all that stands beside the file of the source, except the dynamic
// file and what dynix keeps beside it, which change without the system. Links in the paths are
// resolved; sorted, each once. None of a flake: its evaluation is pure (flake_state.hpp).
result<std::vector<std::string>>
known_roots(plan::system_record const& record, std::string const& search_path);

// Where the roots are named by links. Nix follows those, and whoever makes one of them lead
// elsewhere changes no file that is a root.
struct ways_to_roots {
    std::vector<std::string> names{}; // by which the roots are read, too (plan::restrict_to)
    std::string text{};               // by which links, and where each of them leads
    std::string moment{};             // the same, and which links they are, and since when
};

// `search_path` as above. None to a flake.
ways_to_roots known_ways(plan::system_record const& record, std::string const& search_path);

// Whether a path is one of the Nix store: what it holds never changes.
bool is_in_store(std::string_view path);

// The path with its links resolved; one that is not there stays as it is, and is missed when it
// comes.
std::string resolved(std::string const& path);

// Whether `path` is the dynamic file, or what dynix keeps beside it. Both are resolved.
bool is_of_dynamic_file(std::string_view path, std::string const& dynamic_file);

} // namespace dynix::evaluation
