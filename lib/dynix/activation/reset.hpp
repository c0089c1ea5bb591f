// Back to the static configuration: every dynix drop-in goes, and its units run without it.
#pragma once

#include "dynix/activation/apply.hpp"
#include "dynix/activation/record/state.hpp"

namespace dynix::activation {

struct reset_options {
    // Called while a switch runs, which holds the NixOS switch lock itself: that lock is not taken,
    // and what the switch has stopped stays for it to start.
    bool switching = false;
    // What stays applied all the same, and is the state afterwards; of the state as it is now, with
    // all of a unit or nothing.
    std::optional<state> stays{};
    bool dry_run = false;
    bool require_root = true;
    std::optional<host::milliseconds> timeout{}; // as for an apply
    host::milliseconds lock_patience = std::chrono::seconds(10);
    std::function<void(progress const&)> on_progress{};
    attendant* with = nullptr; // takes part in it, other than in a dry run; nullptr: nobody
};

// The same outcome as apply's. Nothing is ever put back: what could not be reset stays in the state
// and is named in `left`, so that the next reset goes on from there.
apply_outcome reset(reset_options const& options, host::machine& host);

} // namespace dynix::activation
