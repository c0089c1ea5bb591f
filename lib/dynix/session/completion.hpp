// What can stand in the place of a word that is being typed: option paths, values, entries.
//
// What cannot be read gives no candidates: there is nobody to tell why.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dynix::session {

struct candidate {
    std::string word{};  // the whole word, unquoted
    std::string about{}; // a few words for the list; may be empty
};

// Option paths that begin with `typed`, up to the next name; free names are those of the static
// value and of the overrides. A path that ends with a dot leads on; a group that is the only one is
// entered.
std::vector<candidate> path_candidates(
    std::string const& schema_file, std::string const& dynamic_file, std::string_view typed);

// The values that the option at `path` takes, if they are few; else its static value.
std::vector<candidate> value_candidates(std::string const& schema_file, std::string_view path);

// The paths with an override in effect, and the numbers of the entries, the latest first.
std::vector<candidate> override_candidates(std::string const& dynamic_file);
std::vector<candidate> entry_candidates(std::string const& dynamic_file);

} // namespace dynix::session
