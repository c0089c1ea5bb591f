// Reading the lines that nixmodules/minimal writes: our own Nix code is on the other side, so a
// member of the wrong type is as good as none.
#pragma once

#include "dynix/base/result.hpp"

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::modulelist::detail {

// The record of a line: an empty one when the line is not ours.
result<boost::json::object> said(std::string_view line);

std::string text(boost::json::object const& record, std::string_view name);
std::vector<std::string> strings(boost::json::object const& record, std::string_view name);
// A list of names as an attribute path.
std::string path(boost::json::object const& record, std::string_view name);

} // namespace dynix::modulelist::detail
