// Looks options up: in the schema, and in the dynamic file.
#pragma once

#include "dynix/options/resolve.hpp"
#include "option_output.hpp"

namespace dynix::tool {

// What is known of the place; its old names are not looked for.
known_option
look_up(options::place const& at, std::vector<overrides::effective_override> const& effective);

// The old names of the option at `path`.
std::vector<options::option_path>
old_names(options::schema const& in, options::option_path const& path);

// All options that may change at the path or below it, in the order of their names; of an option,
// what stands inside it one name further.
std::vector<known_option> look_below(
    options::schema const& in, options::option_path const& path,
    std::vector<overrides::effective_override> const& effective);

// The names of `text`, which errors call `name`, without a last dot, which completion leaves there.
result<options::option_path> typed_prefix(std::string_view text, std::string_view name);

} // namespace dynix::tool
