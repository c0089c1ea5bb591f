// From the dynamic file to the activation script: what diff and apply have in common.
#pragma once

#include "dynix/activation/progress.hpp"
#include "dynix/base/exit_code.hpp"
#include "dynix/base/result.hpp"
#include "dynix/plan/plan.hpp"

#include <string>
#include <vector>

namespace dynix::tool {

struct build_request {
    std::string file;   // the dynamic file; empty: the one that the system names
    std::string system; // how the system is evaluated: /etc/dynix/system.json
    bool keep = false;  // as a GC root in /run/dynix, which needs root
    bool verbose = false;
    plan::verification verify = plan::verification::quick;
    bool quiet = false; // no progress on stderr
};

struct built_plan {
    std::string store_path;                    // with bin/activate and plan.json
    std::string file;                          // the dynamic file, absolute
    std::vector<activation::phase_time> times; // "evaluate" and "build"
};

// Reads the dynamic file first, so that a slip in it costs no evaluation, then lets Nix build.
// Nix's own output goes to stderr as it comes with `verbose`, else into the error.
result<built_plan> build_plan(build_request const& request);

// The plan of a script that was built.
result<plan::activation_plan> read_built_plan(built_plan const& built);

// As `dynix apply --file F`: builds and activates, and returns the exit code.
exit_code apply_now(std::string const& file);

} // namespace dynix::tool
