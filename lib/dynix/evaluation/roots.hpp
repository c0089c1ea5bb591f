// What an evaluation of the system may read.
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

// Whether a path is one of the Nix store: what it holds never changes.
bool is_in_store(std::string_view path);

// Nix does not refuse to tell whether a file is there, as it refuses to read one that is no root:
// it says that there is none. So the first place in the files below `roots` that asks for another
// file than one beside it ('./name'), as an error; also one that asks for a variable of the
// environment, the search path or the time. nixpkgs and dynix's own modules, which the
// record names, are passed over: they ask only for files of their own.
result<void>
check_file_questions(std::vector<std::string> const& roots, plan::system_record const& record);

} // namespace dynix::evaluation
