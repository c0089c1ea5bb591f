// Builds the activation script and shows how far that is: for apply, check and diff.
#pragma once

#include "dynix/base/exit_code.hpp"
#include "dynix/session/build.hpp"
#include "dynix/session/selection.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dynix::tool {

struct build_arguments {
    session::build_request request{};
    std::vector<std::string> chosen{}; // numbers of entries, and paths; none: the whole file
    bool verbose = false; // Nix's own output goes to stderr as it comes; else it is in the error
    bool quiet = false;   // no progress on stderr
};

struct built_selection : session::built_plan {
    session::selection selected{};
    plan::activation_plan plan{};
};

// Builds what is asked for on this machine, after notes on what is part of it and what is not.
result<built_selection> build_plan(build_arguments const& given);

// As `dynix apply --file F --wait-for-lock W`, with `json` as `--json`: builds and activates, and
// returns the exit code.
exit_code apply_now(std::string const& file, std::optional<unsigned> wait, bool json);

} // namespace dynix::tool
