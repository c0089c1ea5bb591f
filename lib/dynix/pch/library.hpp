// Headers that most files of the libraries read and that change with the compiler only: without
// them g++ takes twice as long for a file. Each file names those that it uses, which the compiler
// cannot see: `.ci/includes` looks for that.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>
