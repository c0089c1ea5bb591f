// From the JSON of one option to an option. Private to the room; for .cpp files only.
#pragma once

#include "dynix/base/json.hpp"
#include "dynix/options/content.hpp"

namespace dynix::options {

// Reads the record of an option; what it points to is added to `into`. `place` names it in errors.
result<option const*>
read_option(boost::json::object const& record, schema::content& into, std::string_view place);

// The names in a JSON array of strings.
result<option_path> read_names(boost::json::value const& from, std::string_view place);

} // namespace dynix::options
