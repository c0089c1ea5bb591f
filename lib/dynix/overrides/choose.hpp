// What of a dynamic file to apply, when that is not all of it.
#pragma once

#include "dynix/overrides/dynamic_file.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace dynix::overrides {

// An entry by its number, or a path: every override at it and below it. The number of an undo is
// what that has taken out of the file.
using wish = std::variant<std::int64_t, option_path>;

// Reads the word of a command line: what has digits alone is a number.
result<wish> read_wish(std::string const& word);

struct chosen_entries {
    dynamic_file file;   // what is applied afterwards
    bool is_all = false; // `file` is the dynamic file itself
    // A sentence for each number that does not do what one would expect.
    std::vector<std::string> notes{};
};

// What is applied once the chosen overrides are as `file` has them, there or gone, and all others
// as `applied` has them, the dynamic file that is applied now. An override is known by the number
// of its entry and its path, so that one that a person has edited in `file` is still the same.
//
// Errors: a number that no entry has, here or there; a path without an override at or below it; an
// entry with a path that Nix reads relative to the dynamic file, since what is chosen stands in
// another one.
result<chosen_entries>
choose(dynamic_file const& file, dynamic_file const& applied, std::vector<wish> const& wishes);

// The undo in `file` that took the override out: the last one that names its entry, its path or one
// above, or everything. nullptr where a person did it by hand.
entry const* undo_of(dynamic_file const& file, std::int64_t number, option_path const& path);

} // namespace dynix::overrides
