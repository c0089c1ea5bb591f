// Private to the room: the ways into the grammar beside parse().
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/syntax/ast.hpp"
#include "dynix/syntax/grammar/explain.hpp"

#include <string>

namespace dynix::syntax::grammar {

// An attribute path alone: a tree whose root has the steps as children.
result<tree> parse_steps(std::string text, std::string name);

// An expression, without the checks of what the grammar allows; `where`, if it is not null, is told
// where a text was refused.
result<tree> parse_shape(std::string text, std::string name, stop* where);

} // namespace dynix::syntax::grammar
