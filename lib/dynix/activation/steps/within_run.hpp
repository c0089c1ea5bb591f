// A unit whose run goes on with what it has been asked to take, such as by a reload.
#pragma once

#include "dynix/activation/steps/transaction.hpp"

#include <vector>

namespace dynix::activation {

// Has units take what is new within their run: `ask` asks those that still run, all at once, and
// fails the steps of those that it could not ask. A unit with files is watched meanwhile: its
// process must find the new ones in its own mounts and open them, and start workers where it is
// declared to. When that is not shown, or the step fails, the unit is restarted instead, unless its
// own word is against that.
void ask_within_run(
    transaction& in, std::vector<step>& now,
    void (*ask)(transaction& in, std::vector<step*> const& those));

} // namespace dynix::activation
