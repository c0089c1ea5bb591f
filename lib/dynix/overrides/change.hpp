// From what the user asked for to the overrides of one entry: flatten, replace, and the parent
// trap.
#pragma once

#include "dynix/options/flatten.hpp"
#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/syntax/literal.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace dynix::overrides {

// A Nix expression as the user typed it; make_overrides checks that it parses.
struct expression {
    std::string text;
};

using new_value = std::variant<syntax::literal, expression>;

// How the words of a command line become a value.
enum class reading {
    literal_or_string, // a Nix literal; anything else, and any path, is the string itself
    string,            // always the string itself
    expression         // a Nix expression
};

// Reads VALUE. A bare path is a string, because a Nix path would be copied into the store, which
// all users can read. A number that Nix cannot hold is an error, never a string. Fails on a NUL
// byte, on what is no UTF-8, on an expression that does not parse and on one that uses a name the
// dynamic file does not have.
result<new_value> read_value(std::string_view text, reading how);

// What is odd but not wrong about reading `text` as a string, empty when nothing is: an opening
// bracket or quote at the start hints at a literal with a slip.
std::string doubt_about_string(std::string_view text, new_value const& value);

// The numbers in `text` that `value` does not have as they were typed, such as 0640 or 1.10, and
// what they are to Nix; empty when there are none, or when `value` is the text itself.
std::string doubt_about_numbers(std::string_view text, new_value const& value);

struct change {
    option_path path;
    new_value value;
    bool replace = false; // an attribute set replaces the whole subtree instead of its leaves
    // What the types of the options made of a literal (options::flatten), each an override. Empty
    // when they are not known: then every attribute set is taken apart.
    std::vector<options::leaf_value> leaves = {};
    // Of an expression: the sets at whose priority it is put.
    std::vector<options::set_priority> around = {};
};

// The overrides that carry `wanted` out on top of `file`: one for each leaf of an attribute set, or
// one for all of it with `replace`. Below a subtree that an earlier entry replaced as a whole a
// plain override would be lost without a word (the module system filters definitions by priority at
// the parent first), so it is refused; with `replace` it is folded into a new replacement of that
// parent.
result<std::vector<option_override>> make_overrides(dynamic_file const& file, change const& wanted);

// Puts an entry together, with the next number. Its text must be UTF-8, the message one line of it.
result<entry> make_entry(
    dynamic_file const& file, std::vector<option_override> overrides, std::string time,
    std::string user, std::string message);

} // namespace dynix::overrides
