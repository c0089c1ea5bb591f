// Private to the room: the value of a string's text, and when Nix takes a string for a plain one.
#pragma once

#include "dynix/syntax/ast.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace dynix::syntax {

// The text of a quoted string: escapes resolved, CR and CR LF made LF.
std::string unescaped(std::string_view raw);

// The value of an expression that Nix's parser itself turns into a plain string: parentheses are
// gone by then, '' '' with nothing but one plain part is that part, but ''a''$b'' is still a sum.
std::optional<std::string> plain_string(node of);

// The text of a Nix string literal with this value. A NUL byte goes through as it is.
std::string string_literal(std::string_view value);

// Whether a byte string is an identifier and no keyword.
bool is_plain_name(std::string_view name);

} // namespace dynix::syntax
