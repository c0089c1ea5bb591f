// Entries and overrides as text and as JSON.
#pragma once

#include "dynix/base/json.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/syntax/literal.hpp"

#include <boost/json/array.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dynix::tool {

// The entry's header and an indented line for each override, or for what an undo did.
std::string entry_lines(overrides::entry const& what);

// The value in JSON; nullopt for what JSON has not: a Nix path, infinity.
std::optional<boost::json::value> json_value(syntax::literal const& what);

// {"until": "2026-11-23T03:33:00Z"}, unless it never ends.
void add_ending(boost::json::object& to, overrides::ending const& what);

// {"option": "a.b", "path": ["a", "b"], "expression": "4", "value": 4}; "value" is there only when
// the expression is a literal that JSON has: no Nix path, and no integer or float out of its range.
boost::json::object to_json(overrides::option_override const& what);

// The same with {"entry": 3}, the number of the entry that it is from.
boost::json::object to_json(overrides::effective_override const& what);
boost::json::array to_json(std::vector<overrides::effective_override> const& all);

// {"number": 1, "time": ..., "user": ..., "message": ..., "overrides": [...]}; the line of an undo
// has no overrides but {"action": "undo 3", "generation": 1}.
boost::json::object to_json(overrides::entry const& what);

} // namespace dynix::tool
