// What the modules of a short list read, when only they are loaded.
#pragma once

#include "dynix/modulelist/work_out.hpp"

namespace dynix::modulelist::detail {

struct demand {
    needed_modules needed{};
    unsigned evaluations = 0;
};

// Begins with the modules that the result itself reads, evaluates these alone, where all other
// options have the values that they have with the whole list, and adds what they were seen to read,
// until that adds none. Most of the modules that follow from `whole` are read by others which only
// define what is of no interest here. The list that it gives has to be verified like any other; the
// error is Nix's own.
result<demand> by_demand(
    request const& of, evidence const& whole, needed_modules const& of_whole,
    process::runner& with);

} // namespace dynix::modulelist::detail
