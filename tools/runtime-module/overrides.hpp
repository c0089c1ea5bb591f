// What the overrides of dynix have to do with a change of modules.
#pragma once

#include "dynix/activation/record/state.hpp"
#include "dynix/modules/running.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dynix::tool {

struct lost_overrides {
    std::vector<activation::applied_override> overrides{};
    std::vector<std::string> units{}; // whose files are others in the new system
    bool others_stay = false;
    bool may_wait = false;    // something waits to be confirmed, or may
    bool unconfirmed = false; // all go, since some of them wait to be confirmed (cmd_reset.cpp)
    std::string script{};     // what applies all of them again, without Nix
    std::string dynamic_file{};
    // Why it is not known which ones there are: empty when it is.
    std::string unknown{};
};

// Each as "services.worker.jobs = 4".
std::vector<std::string> texts_of(lost_overrides const& lost);

// The overrides that are applied, and that a switch to `system` takes back (session/staying.hpp).
lost_overrides overrides_lost_in(std::string const& system, modules::surroundings const& host);

// Said of them, before anything is done; empty for none.
std::string sentence(lost_overrides const& lost);

// After a switch to the system that ran when they were applied, as one that fails is followed by:
// applies those again that the first one has taken back, unless somebody has taken one of them out
// of the dynamic file meanwhile, or applied another value. The error says which ones are not
// applied, and how to go on.
std::optional<error> apply_again(lost_overrides const& lost, modules::surroundings const& host);

} // namespace dynix::tool
