// The text that `nix-instantiate --parse` of Nix 2.26 prints: a way to compare two parsers.
#pragma once

#include "dynix/syntax/ast.hpp"

#include <string>

namespace dynix::syntax {

struct normal_form_options {
    std::string folder = "/"; // what relative paths start from, absolute
    std::string home = "/";   // what ~ stands for
};

// The fully parenthesised form of a tree, with names sorted, sets merged, strings concatenated and
// operators turned into calls as Nix does. The nesting of the tree costs no stack.
std::string normal_form(tree const& of, normal_form_options const& options = {});

} // namespace dynix::syntax
