// The programme: which steps bring a set of checked units to what is wanted of them, and in which
// order.
#pragma once

#include "dynix/activation/preflight.hpp"
#include "dynix/activation/step.hpp"

#include <string>
#include <vector>

namespace dynix::activation {

// The whole of it; empty when there is nothing to do.
std::vector<step> steps_of(std::vector<checked_unit> const& units);

// Its part after the reload and what is deferred: jobs and proofs.
std::vector<step> steps_after_reload(std::vector<checked_unit> const& units);

// The services that stand in the way of their sockets: they stop first and start last.
std::vector<std::string> stopped_services(std::vector<checked_unit> const& units);

} // namespace dynix::activation
