// A unified diff of two texts, for people.
#pragma once

#include <string>
#include <string_view>

namespace dynix {

// Empty when the texts are equal. `from` and `to` are the names in the header lines.
std::string unified_diff(
    std::string_view before, std::string_view after, std::string_view from, std::string_view to);

} // namespace dynix
