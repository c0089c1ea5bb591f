// Builds the activation script and shows how far that is: for apply, check and diff.
#pragma once

#include "dynix/base/exit_code.hpp"
#include "dynix/session/build.hpp"

#include <string>

namespace dynix::tool {

struct build_arguments {
    session::build_request request{};
    bool verbose = false; // Nix's own output goes to stderr as it comes; else it is in the error
    bool quiet = false;   // no progress on stderr
};

// Builds what is asked for on this machine.
result<session::built_plan> build_plan(build_arguments const& given);

// As `dynix apply --file F`: builds and activates, and returns the exit code.
exit_code apply_now(std::string const& file);

} // namespace dynix::tool
