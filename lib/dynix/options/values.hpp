// What values are, as Nix compares them. Private to the room.
#pragma once

#include "dynix/syntax/literal.hpp"

#include <string_view>

namespace dynix::options {

bool is_null(syntax::literal const& value);
bool is_set(syntax::literal const& value);
bool is_collection(syntax::literal const& value); // a set or a list

// Whether a number is less than another one; an integer and a float are compared as floats. False
// for what is no number.
bool less(syntax::literal const& left, syntax::literal const& right);

// Nix's '==': an integer equals the float of its value, and the order of attributes is of no
// matter.
bool equal_in_nix(syntax::literal const& left, syntax::literal const& right);

// Whether the text is the path of a store object: /nix/store/<hash>-<name>.
bool is_store_path(std::string_view text);

// Whether the text is such a path, or one below it.
bool is_in_store(std::string_view text);

} // namespace dynix::options
