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

struct type;

// What stands inside a value of a type, and so how its evaluation goes on.
enum class structure : std::uint8_t {
    plain, // nothing
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
    unknown     // Nix judges
};

// A kind of type. Another one is another object of this type, in detail/kinds.cpp.
struct type_kind {
    std::string_view word{}; // in options.json
    structure holds = structure::plain;
    std::size_t fewest = 0;    // types in `of`
    std::size_t most = 0;      // likewise
    bool only_strings = false; // it takes strings alone, or what it takes its parts say
    // Whether the outside of a value is one that it takes; nothing when only Nix can tell.
    std::optional<bool> (*fits)(type const& takes, syntax::literal const& value) =
        [](type const&, syntax::literal const&) { return std::optional<bool>(); };
    // What to do about a value that does not fit.
    std::string (*advice)(type const& takes, syntax::literal const& value) =
        [](type const&, syntax::literal const&) { return std::string(); };
    // Values that are worth listing (names_after.hpp).
    std::vector<syntax::literal> (*few_values)(type const& takes) = [](type const&) {
        return std::vector<syntax::literal>();
    };
};

// What Nix judges. A kind of a later version of the module is taken for it.
inline constexpr type_kind unknown_kind{.word = "unknown", .holds = structure::unknown};

// The kind that options.json calls so.
type_kind const& kind_of(std::string_view word);

// Types are recursive and stand in a schema, which owns them: pointers live as long as it does.
struct type {
    type_kind const* kind = &unknown_kind;
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
