// The state file while an activation is under way: what its units were before the first change.
#pragma once

#include "dynix/activation/record/state.hpp"
#include "dynix/activation/steps/checked_unit.hpp"

#include <vector>

namespace dynix::activation {

// `recorded` as it stands during an activation of `units`: those that change are listed with what
// they were. Where an earlier activation did not end, what it has listed stays.
state journal_of(state recorded, std::vector<checked_unit> const& units);

// Notes that the unit has been started since it was checked.
void note_start(state& journal, checked_unit const& unit);

} // namespace dynix::activation
