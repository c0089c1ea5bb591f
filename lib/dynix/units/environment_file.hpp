// The files that EnvironmentFile= names (systemd.exec(5)).
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace dynix::units {

// The variables that such a file sets, as systemd reads it: lines of NAME=value; those that begin
// with '#' or ';' are comments. Quotes and backslashes are taken away, and the last assignment of a
// variable counts.
std::map<std::string, std::string> variables_of_file(std::string_view text);

} // namespace dynix::units
