// Private to the room: the names that Nix defines.
#pragma once

#include "dynix/syntax/hashed_name.hpp"

namespace dynix::syntax {

// Whether Nix 2.26 defines the name everywhere, given all experimental features.
bool is_global(hashed_name const& name);

} // namespace dynix::syntax
