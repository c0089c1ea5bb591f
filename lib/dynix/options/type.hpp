// The type of an option as data: what Nix says that the option takes.
//
// Made by nixmodules/dynamicism/schema from the types of lib/types.nix (NixOS manual, "Options
// Types"); check.hpp judges values by it.
#pragma once

#include "dynix/syntax/literal.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::options {

struct node;

enum class type_kind : std::uint8_t {
    boolean,
    integer,
    floating,
    number, // integer or float
    string,
    path,        // a string that is a path
    package,     // a derivation, or a store path
    enumeration, // one of `values`
    null_or,
    either, // the first of `of` whose outside fits decides, as in Nix
    list,
    attributes, // names are free
    submodule,  // names are those of `members`, and free ones when there is a freeform type
    coerced,    // of[0] is converted to of[1] by a function that only Nix can run
    tagged,     // one attribute, whose name is one of `members`
    unique,     // of[0], defined in one place only
    anything,   // merged by Nix, attribute by attribute
    raw,        // whatever is given, whole: nothing below it can be overridden
    function,   // no literal is one
    unknown     // Nix judges
};

// What options.json calls a kind, and how many types such a one holds in `of`.
struct kind_meaning {
    std::string_view word{};
    type_kind kind = type_kind::unknown;
    std::size_t fewest = 0;
    std::size_t most = 0;
};

inline constexpr kind_meaning type_kinds[] = {
    {"boolean", type_kind::boolean},
    {"integer", type_kind::integer},
    {"floating", type_kind::floating},
    {"number", type_kind::number},
    {"string", type_kind::string},
    {"path", type_kind::path},
    {"package", type_kind::package},
    {"enumeration", type_kind::enumeration},
    {"null-or", type_kind::null_or, 1, 1},
    {"either", type_kind::either, 1, std::size_t(-1)},
    {"list", type_kind::list, 1, 1},
    {"attributes", type_kind::attributes, 1, 1},
    {"submodule", type_kind::submodule, 0, 1}, // its freeform type
    {"coerced", type_kind::coerced, 2, 2},
    {"tagged", type_kind::tagged},
    {"unique", type_kind::unique, 1, 1},
    {"anything", type_kind::anything},
    {"raw", type_kind::raw},
    {"function", type_kind::function},
};

// Types are recursive and stand in a schema, which owns them: pointers live as long as it does.
struct type {
    type_kind kind = type_kind::unknown;
    std::string text;            // how Nix describes it, such as "null or signed integer"
    bool partial = false;        // Nix checks more than is written here
    std::vector<type const*> of; // the types inside; of a submodule: its freeform type, if any

    std::optional<syntax::literal> least; // of a number: the smallest, itself allowed
    std::optional<syntax::literal> most;  // of a number: the largest, itself allowed
    bool least_excluded = false;          // `least` itself is not allowed
    std::optional<std::string> pattern;   // of a string: a POSIX extended regular expression
    bool matches_not = false;             // the string must not match `pattern`
    std::vector<syntax::literal> values;  // of an enumeration
    bool open = false;                    // of an enumeration: it has more values, which are code
    bool not_empty = false;               // of a list
    bool only_sets = false;               // of a raw one: an attribute set
    std::optional<bool> absolute;         // of a path: whether it begins with '/'
    std::optional<bool> in_store;         // of a path: whether it is one in the Nix store
    bool takes_store_path = false;        // of a package: also a string with a store path
    std::vector<node> members;            // of a submodule and a tagged one, sorted by name
};

// What the type takes, in words for a message: Nix's description, or "one of 'a', 'b', 'c'".
std::string describe(type const& what);

} // namespace dynix::options
