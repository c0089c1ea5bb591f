// Private to the room: the ways into the grammar beside parse().
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/syntax/ast.hpp"

#include <string>

namespace dynix::syntax::grammar {

// An attribute path alone: a tree whose root has the steps as children.
result<tree> parse_steps(std::string text, std::string name);

} // namespace dynix::syntax::grammar
