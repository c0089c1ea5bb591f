// What code asks that no file which it reads answers: for the environment, the time and the search
// path, and whether a file is there.
#pragma once

#include "dynix/syntax/mentions.hpp"

#include <string_view>

namespace dynix::syntax {

// A variable of the environment, the time or the search path, by a function of Nix or of nixpkgs'
// lib, whatever it is a member of.
bool asks_for_surroundings(mention const& what);

// Whether there is a file, or of which kind it is, where none is an answer, too.
bool asks_for_file(mention const& what);

// Whether it can lead to every function of Nix: `builtins` itself, or a member whose name is
// computed.
bool may_be_any_function(mention const& what);

// Whether a text can have such a question at all: cheaper than to parse it.
bool may_ask(std::string_view text);

// What it is called with, where that is literally './name' or a path below it; else empty.
std::string_view path_beside(mention const& what);

} // namespace dynix::syntax
