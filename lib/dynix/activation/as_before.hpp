// What an activation that did not end well has left: unit by unit, how it is not as it was.
#pragma once

#include "dynix/activation/apply.hpp"

#include <string>
#include <vector>

namespace dynix::activation {

// What of a drop-in that cannot be read.
enum class unreadable {
    is_said,
    is_back, // the step that was to put it back says whether it did
};

// A line for each unit that is not as it was: "'a.service': ran before, and is failed (failed) now,
// result 'exit-code'; its drop-in is not the previous one", or "'a.service': its drop-in is not the
// previous one, and it has been restarted". What cannot be looked at is said, too.
std::vector<std::string> not_as_before(
    std::vector<previous_unit> const& units, host::machine& host,
    unreadable drop_in = unreadable::is_said);

// The outcome of an activation that was killed before it could say how it went, as far as the state
// file and the units tell: which units it has restarted, and how each is that is not as it was.
// `why` says how that is known.
apply_outcome outcome_of_killed(error why, host::machine& host);

// The outcome for a caller that ends while its activation is still at work in this unit: what comes
// of it is not known yet. `why` says why the caller ends.
apply_outcome outcome_at_work(error why, std::string unit);

} // namespace dynix::activation
