// The exit codes of dynix and runtime-module (dynix(1), "Exit status").
#pragma once

namespace dynix::tool {

enum exit_code : int {
    done = 0,
    refused = 1,         // refused or failed before anything changed
    usage = 2,           // the command line is wrong
    failed_restored = 3, // activation failed, the previous state is back
    failed_left = 4      // activation failed and the previous state is not back
};

} // namespace dynix::tool
