// What an activation that did not end well has left: unit by unit, how it is not as it was.
#pragma once

#include "dynix/activation/apply.hpp"

#include <string>
#include <vector>

namespace dynix::activation {

// A line for each unit that is not as it was: "'a.service': ran before, and is failed (failed) now,
// result 'exit-code'; its drop-in is not the previous one". What cannot be looked at is named too.
std::vector<std::string> not_as_before(std::vector<previous_unit> const& units, host::machine& on);

// The outcome of an activation that was killed before it could say how it went: as far as the state
// file and the units tell. `why` says how that is known.
apply_outcome outcome_of_killed(error why, host::machine& on);

} // namespace dynix::activation
