// An option as text and as JSON: what is known of it, and what the dynamic file makes of it.
#pragma once

#include "dynix/base/json.hpp"
#include "dynix/options/schema.hpp"
#include "dynix/overrides/effective.hpp"

#include <string>
#include <vector>

namespace dynix::tool {

// An option, or a place inside one.
struct known_option {
    options::option_path path{};
    options::option const* declared = nullptr; // the option at the path or above it
    options::type const* takes = nullptr;      // what the path itself takes
    syntax::literal const* value = nullptr;    // the static value at the path, where it is known
    std::vector<options::option_path> old_names{}; // where they were looked for
    // In effect at the path or below it, or else the one above that covers it.
    std::vector<overrides::effective_override> overrides{};
};

// One line: "services.distccd.maxJobs = 4", and what is known of it behind a '#'. Lines of several
// options stand below each other when they get the same width. Values longer than `longest` are
// cut.
std::string option_setting(known_option const& what, std::size_t longest);
std::string option_line(known_option const& what, std::size_t width, std::size_t longest);

// All that is known, a line for each fact.
std::string option_page(known_option const& what);

boost::json::object to_json(known_option const& what);

// A text of the system for a terminal: control characters but line breaks become '?'.
std::string printable(std::string text);

} // namespace dynix::tool
