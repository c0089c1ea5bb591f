// Headers that nearly every unit test reads and that change with the compiler only.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/system/result.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>
