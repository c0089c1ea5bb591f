// From PATH and VALUE as typed to a change, by the types of the options.
#pragma once

#include "dynix/options/schema.hpp"
#include "dynix/overrides/change.hpp"

namespace dynix::overrides {

struct typed_change {
    change wanted;
    std::vector<std::string> notes; // what a person should know: an old name, what Nix will judge
};

// Follows `path`, reads `text` as the type there wants it, checks it and takes it apart. An
// expression is not checked: only Nix can tell what it comes to. `known` must have the details of
// the options on the way of `path` (schema::load).
result<typed_change> read_change(
    options::schema const& known, option_path const& path, std::string_view text, reading how,
    bool replace);

} // namespace dynix::overrides
