// What became of an activation, as text and as JSON.
#pragma once

#include "dynix/activation/apply.hpp"
#include "dynix/base/json.hpp"

#include <string_view>
#include <vector>

namespace dynix::tool {

// What differs between the ways to tell of an apply and of a reset.
struct outcome_words {
    std::string_view nothing_to_do; // the line for an outcome without steps
    std::string_view configuration; // what the units are to run: "the planned configuration"
};
inline constexpr outcome_words words_of_apply{
    "nothing to do: what runs is what is planned", "the planned configuration"};
inline constexpr outcome_words words_of_reset{
    "nothing to do: no override is applied", "the static configuration"};

inline constexpr outcome_words words_of_take_back{
    "nothing to do: what was applied before runs", "what was applied before"};

// Prints the outcome (results to stdout, errors and warnings to stderr) and returns its exit code.
exit_code show_outcome(
    activation::apply_outcome const& what, bool dry_run, bool json, outcome_words const& words);

// The part of it that goes to stderr.
void show_troubles(activation::apply_outcome const& what);

boost::json::object to_json(activation::apply_outcome const& what);
boost::json::array to_json(std::vector<activation::step> const& steps);
boost::json::array to_json(std::vector<plan::leak> const& leaks);
boost::json::array to_json(std::vector<activation::unplanned_unit> const& units);

} // namespace dynix::tool
