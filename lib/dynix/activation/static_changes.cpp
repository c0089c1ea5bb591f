#include "dynix/activation/static_changes.hpp"

#include <algorithm>
#include <string_view>

namespace dynix::activation {
namespace {

// Nix strips what ends a text, or not, as it is given to it.
std::string_view without_end(std::string_view text) {
    while (text.ends_with('\n'))
        text.remove_suffix(1);
    return text;
}

} // namespace

result<std::vector<std::string>>
units_that_change(state const& applied, std::string const& units, host::runtime_files& files) {
    std::vector<std::string> out;
    for (auto const& unit : applied.units) {
        auto const text = files.read(units + '/' + unit.name);
        if (!text)
            return text.error();
        if (!*text || without_end(**text) != without_end(unit.static_text))
            out.push_back(unit.name);
    }
    std::sort(out.begin(), out.end());
    return out;
}

} // namespace dynix::activation
