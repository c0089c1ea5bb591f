// A change of the modules that are on, from what was asked for to the system that makes it: all
// that happens before the first change of anything that runs.
#pragma once

#include "dynix/modules/difference.hpp"
#include "dynix/modules/extension.hpp"
#include "dynix/modules/resolution.hpp"

#include <string>
#include <vector>

namespace dynix::modules {

struct change_options {
    // The change is to be activated: its extension is rooted in /run/runtime-modules, which only
    // root can. Without it, what would change is only shown, or another process goes on.
    bool keep = false;
    // An extension that another process has built; empty: to be built.
    std::string built{};
    extension_options build{}; // `enabled` and `out_link` are set by prepare()
};

struct prepared_change {
    resolution what{};
    std::string system{};    // the store path of the system with the wanted modules
    std::string extension{}; // its extension; empty for the base
    std::vector<std::string> warnings{};
    std::vector<difference> differences{}; // from the system that runs
};

// Whether there is anything to do; what an activation left between two systems is.
bool needs_activation(running_system const& now, resolution const& what, bool force);

// Builds the system with the modules that `what` wants; the base is there already. An error changes
// nothing. What is to be activated is refused where it would leave another system than the one that
// was activated, unless forced.
result<prepared_change> prepare(
    running_system const& now, resolution what, change_options options, surroundings const& host);

} // namespace dynix::modules
