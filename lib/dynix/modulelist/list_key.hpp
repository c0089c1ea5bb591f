// What a module list was worked out for, and so what it is known again by
// (nixmodules/minimal/key.nix).
#pragma once

#include "dynix/modulelist/work_out.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::modulelist {

// By which nixmodules/minimal/key.nix knows lists: any other file counts.
inline constexpr std::string_view list_suffix = ".module-list.nix";

// What a list is known again by.
struct list_key {
    std::string text{};    // empty: the list holds for nothing that can be known again
    std::string because{}; // then: why, as the end of a sentence
    // Which attributes `config`, `config.system` and `config.system.build` of the system have with
    // all modules, by the last of these names.
    std::map<std::string, std::vector<std::string>> names{};
};

// The key of the system as it is now: a hash of what it is evaluated from and of the folder of its
// configuration. So there is none where the system, whose derivation is given, takes any other file
// that is not in the store, what does not count in the folder, or the environment. A flake is
// evaluated by what its lock names, in another commit and without what does not count.
result<list_key> key_of(request const& of, std::string const& system_result, process::runner& with);

// What a list is good for once it is written.
struct list_use {
    std::string
        unused{}; // why the system is evaluated with all modules all the same; empty: it is not
    bool changes_system = false; // with all modules, by being there
};

// With the derivation that the system had before. Only of a flake does anybody ask for more than
// `unused`: a function of its inputs may see the list.
result<list_use>
use_of_list(request const& of, std::string const& system_result, process::runner& with);

} // namespace dynix::modulelist
