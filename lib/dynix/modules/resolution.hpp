// Which modules a command turns on and off: what is asked for, with what that needs.
#pragma once

#include "dynix/modules/record.hpp"

#include <string>
#include <vector>

namespace dynix::modules {

enum class verb { enable, disable, reset, rebuild };

// A module that changes with those that were asked for, and for which of them.
struct pulled_module {
    std::string name{};
    std::string by{};

    friend bool operator==(pulled_module const&, pulled_module const&) = default;
};

struct resolution {
    std::vector<std::string> wanted{};     // all that is on afterwards, in the order of the record
    std::vector<std::string> turned_on{};  // in the order in which one needs the other
    std::vector<std::string> turned_off{}; // those first that need another one
    std::vector<pulled_module> pulled{};   // those of both lists that were not asked for
    std::vector<std::string> unchanged{};  // asked for, and so already
    bool forced = false;

    bool changes() const { return !turned_on.empty() || !turned_off.empty(); }
};

// Names that are no modules, with those that look like them; nullopt when there is none.
std::optional<error> unknown_names(module_record const& of, std::vector<std::string> const& names);

// What becomes of the modules of `now`. All names are known. Enabling brings what is required
// along; disabling what others need is an error that names them, or with `force` turns those off
// too; two modules that conflict are an error. What was turned on because a module required it
// stays on when that module is turned off.
result<resolution>
resolve(module_record const& now, verb what, std::vector<std::string> const& names, bool force);

} // namespace dynix::modules
