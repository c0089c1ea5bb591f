#include "dynix/activation/static_changes.hpp"

#include "dynix/activation/steps/file_links.hpp"
#include "dynix/units/unit_file.hpp"

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

// Each switch makes the links below /etc anew, whatever it changes.
bool has_links(applied_unit const& unit) {
    auto const drop_in = units::parse_unit(unit.drop_in, unit.name);
    return !drop_in || !links_of(*drop_in).empty();
}

} // namespace

result<std::vector<std::string>>
units_that_change(state const& applied, std::string const& units, host::runtime_files& files) {
    std::vector<std::string> out;
    for (auto const& unit : applied.units) {
        auto const text = files.read(units + '/' + unit.name);
        if (!text)
            return text.error();
        if (!*text || without_end(**text) != without_end(unit.static_text) || has_links(unit))
            out.push_back(unit.name);
    }
    std::sort(out.begin(), out.end());
    return out;
}

} // namespace dynix::activation
