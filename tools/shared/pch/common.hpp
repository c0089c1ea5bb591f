// Headers that every command includes: read once, they cost 0.3 s of g++ 12 in each file in the
// place of 2.5 s. CLI11 is not among them: its own code is compiled in each file that has it, which
// is 3 s more, from a precompiled header as well (command_line.hpp).
#include "dynix/base/json.hpp"
#include "dynix/base/result.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
