// Private to the room: the names that Nix defines.
#pragma once

#include "dynix/syntax/hashed_name.hpp"

namespace dynix::syntax {

// Whether Nix 2.26 defines the name everywhere, without any experimental feature.
bool is_global(hashed_name const& name);

// The experimental feature with which Nix 2.26 defines the name everywhere; empty when there is
// none.
std::string_view experimental_feature_of(std::string_view global);

} // namespace dynix::syntax
