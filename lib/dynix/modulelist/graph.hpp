// The modules of a list as a graph, for Graphviz or as a picture.
#pragma once

#include "dynix/modulelist/needed.hpp"

namespace dynix::modulelist {

// In the DOT language: an arrow from who reads to who declares or defines, with the options on it.
// Only modules of `shown`, the user's own and the result.
std::string dot_graph(needed_modules const& what, std::vector<std::string> const& shown);

// The same as SVG: in the first column the result and the user's own modules, in each further one
// what those before it read. A pointer on an arrow shows the options.
std::string svg_graph(needed_modules const& what, std::vector<std::string> const& shown);

} // namespace dynix::modulelist
