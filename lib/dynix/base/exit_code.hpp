// How dynix and runtime-module end: one table for both programs (dynix(1), "Exit status").
#pragma once

#include <string_view>

namespace dynix {

// Scripts rely on the numbers: none ever changes its meaning.
enum class exit_code : int {
    done = 0,
    refused = 1,         // refused, or failed, before anything was changed
    usage = 2,           // the command line is wrong
    failed_restored = 3, // the activation failed, and the previous state is back
    failed_left = 4,     // the activation failed, and the previous state is not back
    unknown_name = 5,    // runtime-module: there is no module of that name
};

// The word of a record of JSON, such as "failed-restored".
std::string_view to_string(exit_code what);

// What it means, for a help text: "the command line is wrong".
std::string_view describe(exit_code what);

} // namespace dynix
