#include "dynix/activation/applied_state.hpp"

#include "dynix/activation/proof/proof.hpp"
#include "dynix/activation/steps/unit_states.hpp"

namespace dynix::activation {
namespace {

taken how_taken(
    checked_unit const& unit, host::unit_status const& now, applied_unit const* before) {
    bool const same = now.invocation_id == unit.status.invocation_id;
    if (unit.change->keeps_run && same)
        return unit.reload_shown ? taken::by_shown_reload : unit.change->how;
    return unit.change == &changes::none && before ? before->how : taken::at_start;
}

// Of a run that was proved before, what it showed then counts. What was not started with the files
// says nothing of what its processes show.
bool is_shown(
    checked_unit const& unit, host::unit_status const& now, applied_unit const* before, taken how,
    host::machine& host) {
    if (before)
        return before->shown;
    if (how == taken::at_start && unit.proved_as && !unit.change->keeps_run)
        return !unit.proved.no_such_command;
    return how != taken::at_start || shown_now(unit.after, now, host) != command_shown::no;
}

} // namespace

applied_unit const* recorded_run(
    checked_plan const& checked, std::string const& name, host::unit_status const& status) {
    if (checked.recorded)
        for (auto const& one : checked.recorded->units)
            if (one.name == name && one.invocation_id == status.invocation_id)
                return &one;
    return nullptr;
}

result<state> state_applied(
    plan::activation_plan const& wanted, apply_options const& options, checked_plan const& checked,
    host::machine& host) {
    state now;
    now.since = host.time.date();
    now.plan = options.plan_path;
    now.dynamic_file = wanted.dynamic_file;
    now.configuration = wanted.configuration;
    now.overrides = options.overrides;
    std::vector<std::string> names;
    for (auto const& unit : checked.units)
        if (!unit.proved_as)
            names.push_back(unit.name);
    auto const statuses = host.units.statuses(names);
    auto asked = statuses.begin();
    for (auto const& unit : checked.units) {
        // Of one that was proved, that run is recorded, and no other.
        auto const status = unit.proved_as ? result<host::unit_status>(*unit.proved_as) : *asked++;
        if (!status)
            return status.error();
        auto const* const before = recorded_run(checked, unit.name, *status);
        auto const how = how_taken(unit, *status, before);
        auto const shown = is_shown(unit, *status, before, how, host);
        now.units.push_back(
            {unit.name, unit.wanted.text, unit.static_text, unit.dynamic_text,
             status->active() ? status->invocation_id : std::string(), shown, unit.settle, how});
    }
    return now;
}

} // namespace dynix::activation
