// An option as text and as JSON: what is known of it, and what the dynamic file makes of it.
#pragma once

#include "dynix/base/json.hpp"
#include "dynix/session/known_option.hpp"

#include <string>

namespace dynix::tool {

using session::known_option;

// One line: "services.distccd.maxJobs = 4", and what is known of it behind a '#'. Lines of several
// options stand below each other when they get the same width. Values longer than `longest` are
// cut.
std::string option_setting(known_option const& what, std::size_t longest);
std::string option_line(known_option const& what, std::size_t width, std::size_t longest);

// All that is known, a line for each fact.
std::string option_page(known_option const& what);

boost::json::object to_json(known_option const& what);

} // namespace dynix::tool
