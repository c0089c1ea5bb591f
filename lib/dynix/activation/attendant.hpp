// Who takes part in an activation besides its steps.
#pragma once

#include "dynix/activation/record/state.hpp"
#include "dynix/activation/steps/checked_unit.hpp"
#include "dynix/base/result.hpp"

#include <vector>

namespace dynix::activation {

struct apply_outcome;

// Called by the thread of an apply or a reset, while its locks are held. What does not matter to
// one is not overridden.
class attendant {
  public:
    virtual ~attendant() = default;

    // The locks are held, nothing is read yet. An error refuses the activation.
    virtual result<void> on_locked() { return {}; }

    // Of an apply: all is checked, and the first change comes next. `recorded` is what is applied.
    // An error refuses the activation.
    virtual result<void>
    before_change(state const& /*recorded*/, std::vector<checked_unit> const& /*units*/) {
        return {};
    }

    // Of an apply: every unit is proved. An error fails the activation.
    virtual result<void> on_proved() { return {}; }

    // It is over; what is found out now can be added to the outcome.
    virtual void on_end(apply_outcome& /*outcome*/) {}
};

} // namespace dynix::activation
