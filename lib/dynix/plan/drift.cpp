#include "dynix/plan/drift.hpp"

#include "dynix/base/unified_diff.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dynix::plan {

error drift_refusal(
    std::vector<drifted_unit> const& units, std::vector<std::string> const& modules) {
    std::vector<std::string> names;
    names.reserve(units.size());
    for (auto const& unit : units)
        names.push_back(fmt::format("'{}'", unit.name));
    auto out = make_error(
        fmt::format(
            "the configuration on disk is not the one that runs: it has another text of {}",
            fmt::join(names, ", ")),
        modules.empty()
            ? std::string("run 'nixos-rebuild switch' to let the configuration on disk run, or "
                          "take its change back")
            : fmt::format(
                  "run 'runtime-module rebuild' to let changed files of the runtime modules run "
                  "({}), or 'nixos-rebuild switch' for all of the configuration on disk, which "
                  "turns those modules off; or take the change back",
                  fmt::join(modules, ", ")));
    for (auto const& unit : units)
        out.notes.push_back(
            {fmt::format(
                 "'{}' would change at a switch:\n{}", unit.name,
                 unified_diff(unit.running_text, unit.static_text, "running", "on disk")),
             {}});
    return out;
}

} // namespace dynix::plan
