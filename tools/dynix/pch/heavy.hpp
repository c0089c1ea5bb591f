// Headers that every command includes and whose reading was most of a build: CLI11 alone takes 4 s
// of g++ 12 in each file.
#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
