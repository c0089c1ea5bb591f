// Which modules a system or a unit needs, by who reads and who defines which options.
#pragma once

#include "dynix/modulelist/evidence.hpp"

namespace dynix::modulelist {

// Why a module is needed: another one uses an option, which this one declares or defines.
struct reason {
    std::string reader{}; // "": the result itself
    option_use use{};
    bool declares = false;
    bool defines = false;
};

struct needed_module {
    std::string name{};
    std::vector<reason> reasons{}; // of modules that are needed themselves, the first found first
};

struct needed_modules {
    std::vector<needed_module> modules{}; // of the list, in its order
    // Those that may be tried to do without: each before what only it brought in.
    std::vector<std::string> candidates{};
};

// What follows from the evidence: the result and the user's own modules are needed, and of every
// option that a needed module uses, those that declare it and those whose definitions it gets. As
// values are used that were not looked at, such as the names of a set, the list has to be verified.
needed_modules modules_needed(evidence const& from);

} // namespace dynix::modulelist
