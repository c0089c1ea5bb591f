// Private to the room: the text of a value, written for another place.
#pragma once

#include "dynix/syntax/ast.hpp"

#include <string>
#include <string_view>

namespace dynix::syntax {

// How the lines of a text look where something is spliced in.
struct line_style {
    std::string_view indentation; // blanks in front of a line
    std::string_view end;         // "\n" or "\r\n"
};

// The text of `value` without what is around it; its further lines begin and end as the style says,
// as far as Nix does not see that in a string: an indented string keeps its line ends, and is
// indented with spaces only, since Nix strips no tab (Nix manual, "String literal").
std::string moved(tree const& value, line_style const& to);

} // namespace dynix::syntax
