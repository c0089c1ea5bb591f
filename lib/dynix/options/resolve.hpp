// From a path as typed to the place it leads to: through groups, attribute names, submodules and
// freeform trees, with old names followed.
#pragma once

#include "dynix/options/schema.hpp"

namespace dynix::options {

// Points into the schema that it was found in.
struct place {
    option_path path; // the path to write down: no old name in it
    // The option at the path or above it; null when the path is above options.
    option const* declared = nullptr;
    // What the path itself takes. Null for a group of options (in the tree or in a submodule),
    // where only an attribute set of them can stand.
    type const* takes = nullptr;
    std::size_t option_length = 0; // how many names of `path` lead to `declared`
    node const* group = nullptr;   // the group; null when the place takes something
    // The place is above those that may change (option::limited_to).
    bool above_limit = false;
    std::vector<std::string> notes; // what a person should know, such as an old name
};

// Follows `path`. An error says why nobody can override it, and what can be done: no such option
// (with the nearest ones), not declared dynamic by any service, read-only, internal, below an
// option that is only taken whole.
result<place> resolve(schema const& from, option_path const& path);

// The sets around the place at whose priority an override of it must be put (definitions.hpp).
result<std::vector<set_priority>> sets_around(place const& at);

// The type inside that decides on an attribute set: through 'null or', a conversion, and the first
// side of an 'either' that takes one. `takes` itself when nothing is around it.
type const& of_a_set(type const& takes);

// Up to three paths that look most like `path`, dynamic options first among equals.
std::vector<std::string> nearest_options(schema const& in, option_path const& path);

} // namespace dynix::options
