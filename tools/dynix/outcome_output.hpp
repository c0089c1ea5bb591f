// What became of an activation, as text and as JSON.
#pragma once

#include "dynix/activation/apply.hpp"
#include "dynix/base/json.hpp"

#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::tool {

// What differs between the ways to tell of an apply and of a reset.
struct outcome_words {
    std::string_view nothing_to_do; // the line for an outcome without steps, where all is proved
    std::string_view configuration; // what the units are to run: "the planned configuration"
};
inline constexpr outcome_words words_of_apply{
    "nothing to do: what runs is what is planned", "the planned configuration"};
inline constexpr outcome_words words_of_reset{
    "nothing to do: no override is applied", "the static configuration"};

inline constexpr outcome_words words_of_take_back{
    "nothing to do: what was applied before runs", "what was applied before"};

// The line in its place, where of some units it is not known that they run it; those follow, each
// with the reason.
inline constexpr std::string_view nothing_to_write = "nothing to do: every unit has its drop-in";

template <class Unit>
std::string unchanged_lines(std::vector<Unit> const& units, std::string_view where_proved) {
    std::string lines;
    for (auto const& unit : units)
        if (!unit.not_as_planned.empty())
            lines += fmt::format("{}: unchanged; {}\n", unit.name, unit.not_as_planned);
    return fmt::format("{}\n{}", lines.empty() ? where_proved : nothing_to_write, lines);
}

// Prints the outcome (results to stdout, errors and warnings to stderr) and returns its exit code.
exit_code show_outcome(
    activation::apply_outcome const& what, bool dry_run, bool json, outcome_words const& words);

// What became of its units, as notes: for what another command has done besides.
void note_units(activation::apply_outcome const& what, outcome_words const& words);

// The part of it that goes to stderr.
void show_troubles(activation::apply_outcome const& what);

boost::json::object to_json(activation::apply_outcome const& what);
boost::json::array to_json(std::vector<activation::step> const& steps);
boost::json::array to_json(std::vector<plan::leak> const& leaks);
boost::json::array to_json(std::vector<activation::unplanned_unit> const& units);

} // namespace dynix::tool
