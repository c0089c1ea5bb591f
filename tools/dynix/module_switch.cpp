#include "module_switch.hpp"

#include "dynix/modules/activation.hpp"
#include "dynix/modules/state.hpp"
#include "shared/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string>
#include <vector>

namespace dynix::tool {
namespace {

// The state may be one that an interrupted activation has left.
bool is_running(host::machine& host) {
    auto const unit = host.units.status(modules::switch_unit);
    return unit && (unit->active() || unit->active_state == "activating");
}

std::string listed(std::vector<activation::applied_override> const& overrides) {
    std::vector<std::string> names;
    names.reserve(overrides.size());
    for (auto const& one : overrides)
        names.push_back(one.option);
    return fmt::format("{}", fmt::join(names, ", "));
}

} // namespace

std::optional<session::staying_overrides> stays_in_this_switch(host::machine& host) {
    auto const target = modules::being_activated(host.files, host.where);
    if (!target || !is_running(host))
        return std::nullopt;
    auto const applied = activation::read_state(host);
    if (!applied || !*applied)
        return std::nullopt;
    auto stays = session::overrides_that_stay(**applied, target->system, host.files);
    if (!stays || stays->stays.overrides.empty())
        return std::nullopt;
    return std::move(*stays);
}

void note_what_stays(session::staying_overrides const& what) {
    if (what.taken_back.empty())
        note_line("all overrides stay applied: runtime-module changes no unit that has one");
    else
        note_line(fmt::format(
            "runtime-module changes {}, so these overrides are taken back: {}; these stay: {}",
            fmt::join(what.changed, ", "), listed(what.taken_back), listed(what.stays.overrides)));
}

} // namespace dynix::tool
