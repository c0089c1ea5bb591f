// From a value at a place to the leaves that get an override each.
//
// A leaf is what Nix merges as one thing: anything but an attribute set, and an attribute set only
// where its type is no submodule and has no free names (NixOS manual, "Option Types"; an override
// above the leaves of a freeform tree would take its other leaves away).
#pragma once

#include "dynix/options/resolve.hpp"

namespace dynix::options {

struct leaf_value {
    option_path path;
    syntax::literal value;
    std::vector<set_priority> around = {}; // at whose priority the override is put
};

struct flattened {
    std::vector<leaf_value> leaves;
    std::vector<std::string> notes; // what a person should know, such as what Nix will judge
};

// Checks `value` and takes it apart. With `whole` it stays one override that replaces the subtree.
// An error says what the place takes, what was given, and where inside the value.
result<flattened>
flatten(schema const& in, place const& to, syntax::literal const& value, bool whole);

// That an empty attribute set stands at `path`, which names no leaf; `hint` says what to do.
error names_nothing_below(option_path const& path, std::string hint);

} // namespace dynix::options
