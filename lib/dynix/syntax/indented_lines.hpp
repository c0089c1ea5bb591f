// Private to the room: the lines of an indented string, so that it can be printed at another place.
#pragma once

#include "dynix/syntax/ast.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace dynix::syntax {

// A stretch of text within one line, as written, or an interpolation.
struct indented_piece {
    bool begins_line = false;
    std::size_t blanks = 0; // in front of a line, beyond those that all lines share
    std::string_view text;
    node interpolation; // when not empty, there is no text
};

struct indented_lines {
    std::vector<indented_piece> pieces;
    bool ends_on_own_line = false; // whether the closing '' has a line for itself
};

// The lines of an indented string of more than one line; nullopt for one line, and for one with an
// escaped line break, behind which Nix strips blanks that it does not count.
std::optional<indented_lines> lines_of(node indented_string);

} // namespace dynix::syntax
