// Derivations in the store, and what is built of them, as slices name them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::evaluation {

struct derivation_output {
    std::string derivation{}; // the path of its file
    std::string name{};
};

// The paths in the store that are names of members in a text of JSON without spaces between its
// words: what the texts in it refer to (builtins.getContext).
std::set<std::string> store_paths_in(std::string_view json);

// The outputs of these derivations that are in the store, by their paths. Of one whose file cannot
// be read, or is none, there are none.
std::map<std::string, derivation_output> built_outputs_of(std::set<std::string> const& derivations);

// What the slices in a file refer to and the store has no more.
struct gone_paths {
    // A derivation, or nobody knows: then packages are evaluated.
    bool derivations = false;
    // What else: the store keeps derivations longer than all that was built of them.
    std::vector<std::string> others{};
};

gone_paths gone_since(std::string const& file);

} // namespace dynix::evaluation
