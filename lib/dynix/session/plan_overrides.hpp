// The overrides that a plan was made of: a plan carries the text of its dynamic file.
#pragma once

#include "dynix/activation/record/state.hpp"
#include "dynix/plan/plan.hpp"

#include <vector>

namespace dynix::session {

// For the record of what is applied. A plan can be activated although its dynamic file is not made
// of entries (a person may write one and build the script by hand); nothing is recorded then.
std::vector<activation::applied_override> recorded_overrides(plan::activation_plan const& plan);

// A plan in the store has no values of a file that others may not read; whoever can read the file
// gets them from there, as far as they are JSON.
void fill_hidden_values(plan::activation_plan& plan);

} // namespace dynix::session
