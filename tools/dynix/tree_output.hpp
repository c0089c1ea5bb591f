// How a tree of Nix text is shown.
#pragma once

#include "dynix/syntax/ast.hpp"

namespace dynix::tool {

// Writes one line a node to stdout, indented by depth: its part in the node above it, its kind, the
// text of a leaf, its lines and columns.
void print_lines(syntax::tree const& of);

// Writes the nodes to stdout as the elements of a JSON array, one a line, each before its parts:
// kind, role, parent (the index of the node above it), begin and end (bytes), line and column, and
// the text of a leaf.
//
// A list and not nested records: a text may nest 10,000 levels deep, and most readers of JSON stop
// at a few hundred.
void print_elements(syntax::tree const& of);

} // namespace dynix::tool
