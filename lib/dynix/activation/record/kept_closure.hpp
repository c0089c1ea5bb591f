// GC roots of activation scripts that die with /run.
#pragma once

#include "dynix/host/machine.hpp"

#include <string>

namespace dynix::activation {

// Keeps the store path that a plan is part of: `link`, below /run, leads to it, and `root`, which
// always stays, to the link. Nothing is done for a plan that is elsewhere.
result<void> keep_closure(
    std::string const& plan, std::string const& link, std::string const& root, host::machine& host);

} // namespace dynix::activation
