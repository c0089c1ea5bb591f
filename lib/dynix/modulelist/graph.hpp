// The modules of a list as a graph, for Graphviz.
#pragma once

#include "dynix/modulelist/needed.hpp"

namespace dynix::modulelist {

// In the DOT language: an arrow from who reads to who declares or defines, with the options on it.
// Only modules of `shown`, the user's own and the result.
std::string dot_graph(needed_modules const& what, std::vector<std::string> const& shown);

} // namespace dynix::modulelist
