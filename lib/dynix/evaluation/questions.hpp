// What `dynix certify` asks Nix: the questions of nixmodules/certificate, each in an evaluation of
// its own, which may read the known roots and nothing else.
#pragma once

#include "dynix/evaluation/certificate.hpp"
#include "dynix/process/runner.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dynix::evaluation {

struct questioner {
    plan::system_source source{};
    std::vector<std::string> roots{};
    std::string search_path{}; // NIX_PATH
    std::chrono::milliseconds timeout = std::chrono::minutes(30);
};

// Options that are asked about together, and planned units that others are made of.
struct question {
    std::vector<std::string> options{};
    std::vector<std::string> readable_units{};
};

// The command, as data; `about` names the question in nixmodules/certificate.
process::command
question_command(questioner const& by, std::string const& about, question const& what);

struct screening {
    std::vector<std::string> options{}; // that get a canary
    // Which parts of the system look at which of them. What looks at one behind another may be
    // missing, but no option that anything looks at with the values that it has.
    std::map<std::string, std::set<part>> reaches{};
};

result<screening> ask_screen(questioner const& by, process::runner& with);

struct whole_system {
    // What ended the evaluation: an option, the assertions or /etc. Nothing met: it went through.
    std::optional<std::string> met{};
    std::string toplevel{};          // the system that came of it
    std::string made{};              // a hash of what it is made of besides /etc
    std::set<std::string> checked{}; // options that an assertion or a warning looks at
    std::vector<std::string> warnings{};
    std::int64_t assertions = 0;
};

// Whether the complete system looks at one of the options, and at which of them its checks do.
result<whole_system> ask_whole(questioner const& by, question const& what, process::runner& with);

struct readers {
    // An option, a unit, a file of /etc by its path, or the assertions or warnings.
    std::optional<std::string> met{};
    std::string made{}; // as of the whole system, unless something is made of what is neutral there
};

// Whether anything is made of what is neutral in the complete system.
result<readers> ask_readers(questioner const& by, question const& what, process::runner& with);

} // namespace dynix::evaluation
