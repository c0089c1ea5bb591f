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

// What an override below a value of a type comes to, where the value is an attribute set.
enum class structure : std::uint8_t {
    plain,      // nothing stands there
    list,       // nothing: all items are overridden together
    whole,      // nothing: it is overridden as a whole
    attributes, // any name, which takes of[0]
    submodule,  // a name of `members`, and any one when there is a freeform type
    anything,   // any name: merged by Nix, attribute by attribute
    unknown     // Nix judges
};

// What is to be judged by itself inside a value.
struct part {
    type const* takes = nullptr;
    syntax::literal const* value = nullptr;
    std::string where{};       // behind the place of the value, in messages: " item 1"
    bool defined_here = false; // and nowhere else
    bool read_only = false;    // nobody can set it
};

// A kind of type. Another one is another object of this type, in detail/kinds.cpp or, where its
// values hold no others, in detail/plain_kinds.cpp.
struct type_kind {
    std::string_view word{}; // in options.json
    structure holds = structure::plain;
    std::size_t fewest = 0;    // types in `of`
    std::size_t most = 0;      // likewise
    bool only_strings = false; // it takes strings alone, or what it takes its parts say
    // Whether the outside of a value is one that it takes; nothing when only Nix can tell.
    std::optional<bool> (*fits)(type const& takes, syntax::literal const& value) =
        [](type const&, syntax::literal const&) { return std::optional<bool>(); };
    // What is inside a value whose outside may fit, but for a submodule; nothing when only Nix can
    // tell. nullptr: the outside says all.
    std::optional<std::vector<part>> (*inside)(type const& takes, syntax::literal const& value) =
        nullptr;
    // The type inside that decides on an attribute set (of_a_set in resolve.hpp).
    type const& (*of_a_set)(type const& takes) = [](type const& takes) -> type const& {
        return takes;
    };
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
