#include "dynix/activation/preflight/reach.hpp"

#include "dynix/activation/steps/file_links.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace dynix::activation {

std::string reaches_nothing(plan::activation_plan const& wanted) {
    if (wanted.overrides.empty())
        return {};
    for (auto const& service : wanted.services)
        for (auto const& unit : service.units)
            if (unit.static_text != unit.dynamic_text || changes_files(unit))
                return {};
    std::vector<std::string> options;
    options.reserve(wanted.overrides.size());
    for (auto const& one : wanted.overrides)
        options.push_back(one.option);
    return fmt::format(
        "no unit of the plan changes with '{}', so no process has the new value",
        fmt::join(options, "', '"));
}

} // namespace dynix::activation
