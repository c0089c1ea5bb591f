// How a path that is being typed can go on, and which values can follow it: for completion.
#pragma once

#include "dynix/options/schema.hpp"

namespace dynix::options {

struct continuation {
    std::string name;
    bool ends = false;            // an override can stand here
    bool goes_on = false;         // names can stand below
    option const* what = nullptr; // of an option or a submodule's, when its details were read
    type const* takes = nullptr;  // likewise, and of a free name
};

// The names that can follow `above`, sorted: options that may change, what leads to them, and the
// free names that the static value has. Old names lead on, but are not among them. None when there
// is no such path, or nothing below it.
std::vector<continuation> names_after(schema const& in, option_path const& above);

// The static value at a path that begins at the option; nullptr where it has none.
syntax::literal const* static_value(option const& of, std::span<std::string const> inside);

// All values of a type that has few: true and false, null, those of an enumeration.
std::vector<syntax::literal> few_values(type const& takes);

} // namespace dynix::options
