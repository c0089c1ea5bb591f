// What `dynix certify` asks Nix: the questions of nixmodules/certificate, each in an evaluation of
// its own, which may read the known roots and nothing else.
#pragma once

#include "dynix/evaluation/certificate.hpp"
#include "dynix/process/runner.hpp"

#include <chrono>
#include <optional>
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

// What the evaluation met: an option, a unit, or a file of /etc by its path. Nothing met: it went
// through.
struct answer {
    std::optional<std::string> met{};
};

// The command, as data; `about` names the question in nixmodules/certificate.
process::command
question_command(questioner const& by, std::string const& about, question const& what);

// The options that get a canary.
result<std::vector<std::string>> ask_targets(questioner const& by, process::runner& with);

// Which parts of the system look at which of the options. An option that is read behind another
// one may be missing.
result<std::map<std::string, std::set<part>>>
ask_screen(questioner const& by, question const& what, process::runner& with);

struct whole_system {
    answer ended{};
    std::string toplevel{}; // the system that came of it
    std::vector<std::string> warnings{};
    std::int64_t assertions = 0;
};

// Whether the complete system looks at one of them.
result<whole_system> ask_whole(questioner const& by, question const& what, process::runner& with);

// Whether anything is made of what is neutral in the complete system.
result<answer> ask_readers(questioner const& by, question const& what, process::runner& with);

// Whether an assertion or a warning looks at one of them.
result<answer> ask_checks(questioner const& by, question const& what, process::runner& with);

} // namespace dynix::evaluation
