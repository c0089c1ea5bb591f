// A flake at one moment: what it and all of its inputs hold.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/process/runner.hpp"

#include <string>
#include <string_view>

namespace dynix::evaluation {

struct flake_state {
    std::string url{}; // of the flake, not locked (plan/flake_reference.hpp)
    // Stands for the flake's source as it is in the store, which the name of a path there tells,
    // for its locked reference, and for the lock, which has a narHash of every input (Nix manual,
    // "nix flake", lock files). It is another one when a file that git tracks is edited.
    std::string lock{};
};

// Asks `nix flake metadata`, which copies the source into the store if it is another one than
// before. `reference` is that of system_source. An error: there is no such flake, it cannot be
// fetched, or its lock file does not have all inputs; nothing writes that file.
result<flake_state> look_at_flake(std::string_view reference, process::runner& with);

} // namespace dynix::evaluation
