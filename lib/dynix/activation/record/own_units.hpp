// The units of dynix itself, by their names: an activation has one, and what is to come has timers.
#pragma once

#include "dynix/activation/record/confirmation.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace dynix::activation {

// What the name of the unit of an activation begins with (detached.hpp).
constexpr char const* activation_begin = "dynix-activation-";

// The names of the timers of what has to be confirmed, without a suffix: from before the first
// change to the proof, and from then on.
std::string first_timer(std::string const& id);
std::string last_timer(std::string const& id);
// The same of what ends by itself at that second since 1970.
std::string end_timer(std::int64_t seconds);

// Whether the unit is one of all these, or what a timer, a boot or a switch starts.
bool is_own_unit(std::string_view unit);

// Whether a timer of systemd is to take back what waits, or is at it. True where that cannot be
// seen.
bool is_armed(confirmation const& waits, host::machine& host);
// The same of what ends by itself at that second since 1970.
bool is_end_armed(std::int64_t seconds, host::machine& host);

} // namespace dynix::activation
