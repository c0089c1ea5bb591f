#include "dynix/activation/reload.hpp"

#include "dynix/activation/proof_credentials.hpp"
#include "dynix/activation/unit_operations.hpp"
#include "dynix/units/directives.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <utility>

namespace dynix::activation {
namespace {

// What is in force of a key.
std::vector<std::string> value_of(
    units::unit_file const& unit, std::string const& section, std::string const& key,
    units::directive const* what) {
    if (what && what->kind == units::directive_kind::scalar)
        return {unit.last(section, key)};
    return unit.effective(section, key);
}

// The keys that differ in what is in force, as "[Section] Key".
std::set<std::string> differing(units::unit_file const& a, units::unit_file const& b) {
    std::set<std::string> found;
    for (auto const* unit : {&a, &b})
        for (auto const& one : unit->assignments) {
            auto const* const what = units::find_directive(one.section, one.key);
            if (what && what->kind == units::directive_kind::ignored)
                continue;
            if (value_of(a, one.section, one.key, what) != value_of(b, one.section, one.key, what))
                found.insert(fmt::format("[{}] {}", one.section, one.key));
        }
    return found;
}

// Whether the unit has stopped since it was checked; it takes the change when it starts.
bool has_stopped(transaction& in, step& one) {
    auto const now = in.on.units.status(one.unit);
    if (!transaction::good(one, now) || is_up(*now))
        return false;
    one.mark = step_mark::skipped;
    in.find(one.unit)->change = unit_change::defer;
    return true;
}

error reload_failed(transaction& in, host::job_result const& ended, host::milliseconds patience) {
    if (ended.result == "interrupted")
        return make_error("interrupted");
    auto const what = ended.result == "deadline"
                          ? fmt::format("was not reloaded in {} ms", patience.count())
                          : fmt::format("was not reloaded: job {}", ended.result);
    auto const status = in.on.units.status(ended.unit);
    return status ? unit_failed(*status, what)
                  : make_error(fmt::format("'{}' {}", ended.unit, what));
}

result<proof> look_at(checked_unit const& unit, host::machine& on) {
    auto const status = on.units.status(unit.name);
    if (!status)
        return status.error();
    if (!status->active())
        return unit_failed(*status, "did not stay up");
    auto const live = on.live.in_group(status->control_group);
    if (!live)
        return live.error();
    auto found = prove(unit.after, unit.running, *status, *live, {});
    prove_credentials(found, unit.after, unit.running, *status, *live, on.live);
    return after_reload(std::move(found), unit.reload_shown);
}

} // namespace

bool only_triggers_reload(checked_unit const& unit) {
    auto const keys = differing(unit.running, unit.after);
    auto all = unit.may_run ? differing(*unit.may_run, unit.after) : std::set<std::string>();
    all.insert(keys.begin(), keys.end());
    return all == std::set<std::string>{"[Unit] X-Reload-Triggers"};
}

bool can_reload(units::unit_file const& unit) {
    return !unit.effective("Service", "ExecReload").empty() ||
           unit.last("Service", "Type") == "notify-reload";
}

proof after_reload(proof found, bool shown) {
    if (found.outcome == verdict::contradicted && found.no_such_command)
        found.now_not_provable(fmt::format(
            "its process keeps the command line '{}'",
            found.live.empty() ? std::string() : found.live.front()));
    else if (found.outcome == verdict::contradicted)
        found.now_not_provable(fmt::format(
            "its process keeps what it was started with: {}", fmt::join(found.live, ", ")));
    else if (found.outcome == verdict::proven && !shown)
        found.now_not_provable("what its process made of that cannot be seen");
    found.no_such_command = false;
    return found;
}

proof as_recorded(proof found, applied_unit const& recorded) {
    if (recorded.how == taken::at_start)
        return found;
    if (recorded.how != taken::not_yet)
        return after_reload(std::move(found), recorded.how == taken::by_shown_reload);
    found.now_not_provable(fmt::format(
        "it runs on with its previous configuration, as it asks not to be restarted: 'systemctl "
        "restart {}' gives it this one",
        recorded.name));
    found.no_such_command = false;
    return found;
}

void reload_units(transaction& in, std::vector<step>& now) {
    std::vector<step*> queued;
    std::vector<host::unit_job> jobs;
    for (auto& one : now) {
        if (has_stopped(in, one) || one.mark == step_mark::failed)
            continue;
        in.progress.tell(describe(one));
        queued.push_back(&one);
        jobs.push_back({host::job_kind::reload, one.unit});
    }
    if (jobs.empty())
        return;
    auto const patience = in.rules.timeout ? *in.rules.timeout : patience_for(in.on, jobs);
    auto const results =
        in.on.units.run(jobs, in.on.time.now() + patience, in.rules.stop_requested);
    for (std::size_t i = 0; i < queued.size(); ++i) {
        auto& one = *queued[i];
        if (transaction::good(one, results) && !(*results)[i].done())
            one.fail(reload_failed(in, (*results)[i], patience));
        one.job_is_open = !results || (*results)[i].open();
        // Such a service says itself when it has reloaded, and systemd waits for it.
        auto& unit = *in.find(one.unit);
        unit.reload_shown = unit.after.last("Service", "Type") == "notify-reload";
    }
}

void prove_reloads(transaction& in, std::vector<step>& now) {
    std::vector<expected_run> runs;
    for (auto& one : now) {
        auto const& unit = *in.find(one.unit);
        if (unit.change != unit_change::reload)
            one.mark = step_mark::skipped; // it has stopped
        else
            runs.push_back({.name = unit.name, .settle = unit.settle});
    }
    for (auto const& unsettled : settle(in.on, runs, !in.rules.strict, in.rules.stop_requested))
        for (auto& one : now)
            if (one.unit == unsettled.unit)
                one.fail(unsettled.why);
    for (auto& one : now) {
        if (one.mark != step_mark::planned)
            continue;
        in.progress.tell(describe(one));
        auto& unit = *in.find(one.unit);
        if (auto found = look_at(unit, in.on); transaction::good(one, found))
            unit.proved = std::move(*found);
    }
}

} // namespace dynix::activation
