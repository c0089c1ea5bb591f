#include "module_switch.hpp"

#include "dynix/activation/static_changes.hpp"
#include "dynix/modules/state.hpp"
#include "shared/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dynix::tool {

bool stays_in_this_switch(host::machine& on) {
    auto const target = modules::being_activated(on.files, on.where);
    if (!target)
        return false;
    auto const applied = activation::read_state(on);
    if (!applied || !*applied || (*applied)->now != activation::phase::applied)
        return false;
    auto const changed =
        activation::units_that_change(**applied, target->system + "/etc/systemd/system", on.files);
    if (!changed || !changed->empty())
        return false;
    note_line("all overrides stay applied: runtime-module changes no unit that has one");
    return true;
}

} // namespace dynix::tool
