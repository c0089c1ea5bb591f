#include "dynix/activation/restore.hpp"

#include "dynix/activation/steps/file_links.hpp"
#include "dynix/activation/steps/transaction.hpp"
#include "dynix/activation/steps/unit_states.hpp"

#include <algorithm>
#include <utility>

namespace dynix::activation {
namespace {

// Whether a job was queued whose end nobody has seen.
bool job_is_open(std::vector<step> const& all, std::string_view unit) {
    return std::any_of(all.begin(), all.end(), [&](step const& one) {
        return one.unit == unit && one.job_is_open;
    });
}

// Whether the unit still is what it was when it was checked, which is what it was before.
bool untouched(checked_unit const& unit, host::unit_status const& now, failed_apply const& failed) {
    auto const& then = unit.status;
    // An earlier activation that did not end may have started what runs.
    if (failed.checked.recorded && failed.checked.recorded->interrupted(unit.name))
        return false;
    return now.invocation_id == then.invocation_id && is_up(now) == is_up(then) &&
           is_waiting(now) == is_waiting(then) && now.n_restarts == then.n_restarts &&
           !job_is_open(failed.steps, unit.name) &&
           // It may start before systemd has read the previous files.
           (!now.will_start() || now.active_state == "activating");
}

unit_change const* change_back(
    checked_unit const& unit, previous_unit const& before, result<host::unit_status> const& now,
    failed_apply const& failed) {
    bool const begun = within_run_begun(failed.steps, unit.name);
    // A run that went on is changed back in the way that it was changed, or may have been by an
    // activation that did not end. One that began meanwhile has what was planned, and is started
    // once more where it may be.
    auto const* const way = begun && unit.change->job ? unit.change : before.change;
    bool const goes_on = now && unit.change->keeps_run && is_up(*now) &&
                         (!unit.change->job || now->invocation_id == unit.status.invocation_id);
    if (now && (untouched(unit, *now, failed) || goes_on))
        return way && way->job && (begun || !untouched(unit, *now, failed)) ? way : &changes::none;
    if (before.ran || before.waited)
        return &changes::restart;
    if (job_begun(failed.steps, unit.name))
        return &changes::stop;
    // Somebody else has started it, by now perhaps with the new configuration.
    return now && is_up(*now) ? &changes::restart : &changes::none;
}

} // namespace

std::vector<checked_unit> units_back(failed_apply const& failed, host::machine& host) {
    std::vector<checked_unit> units;
    for (auto const& unit : failed.checked.units) {
        auto const* const before = failed.journal.interrupted(unit.name);
        if (!before)
            continue;
        auto now = host.units.status(unit.name);
        auto back = unit;
        back.rewrite = back.put_back = true;
        back.wanted.text = before->drop_in.value_or("");
        back.running = unit.after;
        back.after = unit.before;
        if (auto const text = units::parse_unit(back.wanted.text, unit.name))
            back.after.append(*text);
        back.links_now = unit.links;
        for (auto const& one : unit.links_now)
            if (std::none_of(unit.links.begin(), unit.links.end(), [&](file_link const& other) {
                    return other.path == one.path;
                }))
                back.links_now.push_back(one);
        back.links = links_of(back.after);
        back.fell_back = back.files_stuck = back.reload_shown = false;
        back.change = change_back(unit, *before, now, failed);
        back.may_fail = !before->ran && before->waited;
        back.stop_first.clear();
        back.proved = {};
        back.checks = {}; // of what it goes back from
        if (now)
            back.status = std::move(*now);
        units.push_back(std::move(back));
    }
    // A service starts after its socket, also when it does not run now.
    for (auto& socket : units)
        if (socket.name.ends_with(".socket") && socket.change == &changes::restart)
            for (auto const& service : units)
                if (std::find(
                        socket.status.triggers.begin(), socket.status.triggers.end(),
                        service.name) != socket.status.triggers.end() &&
                    service.change != &changes::stop &&
                    failed.journal.interrupted(service.name)->ran)
                    socket.stop_first.push_back(service.name);
    return units;
}

bool needs_reload(state const& journal, host::machine& host) {
    std::vector<std::string> names;
    names.reserve(journal.previous.size());
    for (auto const& one : journal.previous)
        names.push_back(one.name);
    auto const statuses = host.units.statuses_with_files(names);
    return std::any_of(
        statuses.begin(), statuses.end(), [](result<host::unit_status> const& status) {
            return !status || status->need_daemon_reload;
        });
}

} // namespace dynix::activation
