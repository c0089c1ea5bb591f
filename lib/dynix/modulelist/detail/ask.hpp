// One question to Nix, by nixmodules/minimal/command.nix.
#pragma once

#include "dynix/modulelist/work_out.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace dynix::modulelist::detail {

// How much Nix says beside its errors. A line for each file that it evaluates is more than it says
// by itself, and Lix counts it among the most.
enum class verbosity { usual, more, most };

// What Nix may read and write, and what it says of it.
struct readable {
    // These files and folders and nothing else, neither another file nor the environment
    // (restrict-eval in nix.conf(5)). Empty: all.
    std::vector<std::string> roots{};
    std::string search_path{}; // NIX_PATH, where there are roots
    verbosity told{};          // with a line for each file that is evaluated, or without
    // What nixpkgs finds as its configuration in the environment; empty: what is there.
    std::string nixpkgs_config{};
    bool writes = false; // to the store, what is only copied there
};

// `more` is what the question needs besides the system. Each line of Nix's standard error is handed
// on.
result<process::outcome> run_question(
    request const& of, std::string_view question, boost::json::object more, process::runner& with,
    process::line_callback on_line = {}, readable const& files = {});

// The answer of a question that succeeded; the error has what Nix said.
result<boost::json::value> answer(result<process::outcome> const& run);

} // namespace dynix::modulelist::detail
