// How dynix and runtime-module end: one table for both programs (dynix(1), "Exit status").
#pragma once

#include <string_view>

namespace dynix {

// Scripts rely on the numbers: none ever changes its meaning.
enum class exit_code : int {
    done = 0,
    refused = 1,
    usage = 2,
    failed_restored = 3,
    failed_left = 4,
    unknown_name = 5,
};

enum class program { both, dynix, runtime_module };

struct exit_meaning {
    exit_code code{};
    std::string_view word{};    // of a record of JSON
    std::string_view meaning{}; // for a help text
    program of = program::both; // which one ends so
};

inline constexpr exit_meaning exit_codes[] = {
    {exit_code::done, "done", "done"},
    {exit_code::refused, "refused", "refused, or failed, before anything was changed"},
    {exit_code::usage, "usage", "the command line is wrong"},
    {exit_code::failed_restored, "failed-restored",
     "the activation failed, and the previous state is back"},
    {exit_code::failed_left, "failed-left",
     "the activation failed, and the previous state is not back; or it is still at work"},
    {exit_code::unknown_name, "unknown-name", "there is no module of that name",
     program::runtime_module},
};

// The word of a code; "?" of a number that is none.
constexpr std::string_view to_string(exit_code what) {
    for (auto const& row : exit_codes)
        if (row.code == what)
            return row.word;
    return "?";
}

} // namespace dynix
