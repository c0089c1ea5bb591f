// What an apply takes of the dynamic file, as text and as JSON.
#pragma once

#include "dynix/base/json.hpp"
#include "dynix/session/selection.hpp"

namespace dynix::tool {

// Notes what a person may not expect to be applied, what stays pending, and what is odd.
void show_selection(session::selection const& what);

// Adds "alongside", what show_selection notes to be applied, and "pending", what stays so. Each is
// {"entry": 3, "user": ..., "time": ..., "option": ..., "value": ...}; the value of what is taken
// out is null.
void add_selection(boost::json::object& to, session::selection const& what);

} // namespace dynix::tool
