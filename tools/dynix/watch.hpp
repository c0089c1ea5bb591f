// A view that is kept up to date until somebody ends it.
#pragma once

#include <functional>
#include <string>

namespace dynix::tool {

// Shows what `look` returns, and looks again each second. On a terminal the view stays in its
// place; elsewhere it is written again, below the time, whenever it is another one. Returns at
// SIGINT, SIGTERM or SIGHUP, and where standard output cannot be written.
void watch(std::function<std::string()> const& look);

} // namespace dynix::tool
