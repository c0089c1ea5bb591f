// What became of an activation, as text and as JSON.
#pragma once

#include "dynix/activation/apply.hpp"
#include "dynix/base/json.hpp"

#include <string_view>
#include <vector>

namespace dynix::tool {

// Writes "  check 0.01 s" to stderr as each phase ends.
void show_progress(activation::progress const& what);

// Prints the outcome (results to stdout, errors and warnings to stderr) and returns its exit code.
// `nothing_to_do` is the line for an outcome without steps.
int show_outcome(
    activation::apply_outcome const& what, bool dry_run, bool json, std::string_view nothing_to_do);

boost::json::object to_json(activation::apply_outcome const& what);
boost::json::array to_json(std::vector<activation::leak> const& leaks);

} // namespace dynix::tool
