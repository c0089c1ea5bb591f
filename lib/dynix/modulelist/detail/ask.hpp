// One question to Nix, by nixmodules/minimal/command.nix.
#pragma once

#include "dynix/modulelist/work_out.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace dynix::modulelist::detail {

// `more` is what the question needs besides the system. Each line of Nix's standard error is handed
// on; `tells_files`: also one for each file that Nix evaluates. Where `readable` has files and
// folders, Nix may read these and nothing else, neither another file nor the environment
// (restrict-eval in nix.conf(5)).
result<process::outcome> run_question(
    request const& of, std::string_view question, boost::json::object more, process::runner& with,
    process::line_callback on_line = {}, std::vector<std::string> const& readable = {},
    bool tells_files = false);

// The answer of a question that succeeded; the error has what Nix said.
result<boost::json::value> answer(process::outcome const& ended);

} // namespace dynix::modulelist::detail
