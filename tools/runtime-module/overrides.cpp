#include "overrides.hpp"

#include "dynix/activation/static_changes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace dynix::tool {

lost_overrides
overrides_lost_in(std::string const& system, host::runtime_files& files, host::paths const& where) {
    lost_overrides out;
    auto const text = files.read(where.state());
    if (!text || !*text)
        return out;
    // Of a state that cannot be read nothing is known; dynix says so, and takes its drop-ins back.
    auto const applied = activation::parse_state(**text, where.state());
    if (!applied)
        return out;
    auto changed = activation::units_that_change(*applied, system + "/etc/systemd/system", files);
    if (!changed || changed->empty())
        return out;
    out.units = std::move(*changed);
    for (auto const& one : applied->overrides)
        out.overrides.push_back(fmt::format("{} = {}", one.option, one.value));
    return out;
}

std::string sentence(lost_overrides const& lost) {
    if (lost.overrides.empty())
        return {};
    return fmt::format(
        "takes back the overrides of dynix, since {} changes: {}; 'dynix apply' applies them again "
        "where it can",
        fmt::join(lost.units, ", "), fmt::join(lost.overrides, ", "));
}

} // namespace dynix::tool
