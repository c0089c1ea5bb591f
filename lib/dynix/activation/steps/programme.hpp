// The programme: which steps bring a set of checked units to what is wanted of them, and in which
// order. Stops come first: what a unit's old configuration has started it must stop, too (its
// ExecStop=, its KillMode=), and some changes reach into what runs as soon as systemd reads them.
#pragma once

#include "dynix/activation/steps/checked_unit.hpp"
#include "dynix/activation/steps/step.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dynix::activation {

// The whole of it; empty when there is nothing to do.
std::vector<step> steps_of(std::vector<checked_unit> const& units);

// Its parts, in this order: commands that look before anything changes; what stops under the old
// configuration; files, reload, and what is deferred; jobs under the new configuration, proofs and
// probes.
std::vector<step> looks_of(std::vector<checked_unit> const& units);
std::vector<step> stops_of(std::vector<checked_unit> const& units);
std::vector<step> changes_of(std::vector<checked_unit> const& units);
std::vector<step> starts_of(std::vector<checked_unit> const& units);

// Whether the unit stops before systemd reads its new configuration, and starts after it, rather
// than being restarted. So does a switch with every service (the NixOS manual, "What happens during
// a system switch?"); X-StopIfChanged=false, NixOS's stopIfChanged, keeps the restart.
bool stops_before_reload(checked_unit const& unit);

// Whether systemd stops that one with the unit, and with its restart does not start it again
// (systemd.unit(5), PropagatesStopTo=).
bool hands_stop_on(checked_unit const& unit, std::string_view to);

// The jobs that these steps queue, in order.
std::vector<host::unit_job> jobs_of(std::vector<step> const& steps);

// The services that stand in the way of their sockets: they stop first and start last.
std::vector<std::string> stopped_services(std::vector<checked_unit> const& units);

} // namespace dynix::activation
