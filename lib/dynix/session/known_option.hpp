// What is known of an option: by the schema, and by the dynamic file.
#pragma once

#include "dynix/options/resolve.hpp"
#include "dynix/overrides/effective.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dynix::session {

// An option, or a place inside one. Points into the schema and the dynamic file that it is from.
struct known_option {
    options::option_path path{};
    options::option const* declared = nullptr; // the option at the path or above it
    options::type const* takes = nullptr;      // what the path itself takes
    syntax::literal const* value = nullptr;    // the static value at the path, where it is known
    std::vector<options::option_path> old_names{}; // where they were looked for
    // In effect at the path or below it, or else the one above that covers it.
    std::vector<overrides::effective_override> overrides{};
};

// What is known of the place; its old names are not looked for.
known_option
look_up(options::place const& at, std::vector<overrides::effective_override> const& effective);

// All options that may change at the path or below it, in the order of their names; of an option,
// what stands inside it one name further.
std::vector<known_option> look_below(
    options::schema const& in, options::option_path const& path,
    std::vector<overrides::effective_override> const& effective);

struct found_option {
    known_option option{};
    std::vector<std::string> notes{}; // what a person should know, such as an old name
};

// The option or group at a path. Where there is no schema (nullptr), or it does not know the path,
// what the dynamic file has there is all that is known; an error when that is nothing.
result<found_option> find_option(
    options::schema const* in, options::option_path const& path,
    std::vector<overrides::effective_override> const& effective);

// The options that a path or the beginning of one leads to.
struct option_listing {
    std::vector<known_option> at{};    // what an override at the path itself is, with its old names
    std::vector<known_option> below{}; // what may change below it
    std::vector<std::string> notes{};
    std::vector<options::schema> schemas{}; // what the options point into
};

// What stands at `path` in the schema file and below it. If nothing does, the last name of `path`
// is the beginning of names. An error says that there is no schema, or no such option.
result<option_listing> list_options(
    std::string const& schema_file, options::option_path path,
    std::vector<overrides::effective_override> const& effective);

// The names of `text`, which errors call `name`, without a last dot, which completion leaves there.
result<options::option_path> typed_prefix(std::string_view text, std::string_view name);

} // namespace dynix::session
