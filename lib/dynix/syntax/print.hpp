// Tree to text: Nix in one layout, with the fewest parentheses.
#pragma once

#include "dynix/syntax/ast.hpp"

#include <string>

namespace dynix::syntax {

// Nix text that parses to the same tree, parentheses aside: those that change nothing are left out.
// The layout follows nixfmt (RFC 166): two blanks a level, up to 100 columns where the text can be
// broken, nested sets expanded, indented strings moved with what is around them. It depends on the
// tree alone, so printing what was printed gives the same text.
//
// Comments are not printed: a text that people wrote is changed with edit.hpp, which keeps them.
// No final line break. Any depth, no recursion.
std::string print(tree const& of);

// The same for a part of a tree, such as an expression, a binding or the arguments of a function.
std::string print(node of);

} // namespace dynix::syntax
