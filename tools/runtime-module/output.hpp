// What both kinds of commands print.
#pragma once

#include "dynix/modules/difference.hpp"
#include "dynix/modules/resolution.hpp"
#include "dynix/modules/running.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <vector>

namespace dynix::tool {

boost::json::array list_of(std::vector<std::string> const& texts);

// A text of several lines, or with tabs, where each line of the output is a subject of its own.
std::string in_one_line(std::string text);

// A module of the system that runs.
boost::json::object
record_of(modules::runtime_module const& module, modules::running_system const& now);

// {"units": [...], "etc": [...], "users": [...], ...}
boost::json::object record_of(std::span<modules::difference const> differences);

// A line for each, by kind; empty for none.
std::string text_of(std::span<modules::difference const> differences);

// "turns on 'graphics' (required by 'gaming'), 'gaming'"; empty for no change.
std::string sentence(modules::resolution const& what);

// What a person should know of the system that runs: an interrupted activation, a switch that
// turned modules off.
std::vector<std::string> notes_on(modules::running_system const& now);

} // namespace dynix::tool
