// Private to the grammar: a stack that is large enough for the deepest nesting.
#pragma once

#include <functional>

namespace dynix::syntax::grammar {

// Runs `work`, which must not throw, to its end on a stack of its own. False, and nothing is run,
// if the system has no memory for such a stack.
bool on_deep_stack(std::function<void()> const& work);

} // namespace dynix::syntax::grammar
