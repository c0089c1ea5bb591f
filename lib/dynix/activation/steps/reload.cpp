#include "dynix/activation/steps/reload.hpp"

#include "dynix/activation/proof/executed.hpp"
#include "dynix/activation/proof/proof_credentials.hpp"
#include "dynix/activation/steps/restart_policy.hpp"
#include "dynix/activation/steps/unit_operations.hpp"
#include "dynix/activation/steps/within_run.hpp"
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

constexpr char const* triggers = "[Unit] X-Reload-Triggers";

// Between what the unit runs, or may run, and what it is to run.
std::set<std::string> all_differing(checked_unit const& unit) {
    auto all = differing(unit.running, unit.after);
    for (auto const& one : unit.may_run)
        all.merge(differing(one, unit.after));
    return all;
}

error reload_failed(transaction& in, host::job_result const& ended, host::milliseconds patience) {
    if (ended.result == "interrupted")
        return make_error("interrupted");
    auto const what = ended.result == "deadline"
                          ? fmt::format("was not reloaded in {} ms", patience.count())
                          : fmt::format("was not reloaded: {}", in_words(ended));
    auto const status = in.host.units.status(ended.unit);
    return status ? unit_failed(*status, what)
                  : make_error(fmt::format("'{}' {}", ended.unit, what));
}

result<proof> look_at(checked_unit& unit, host::machine& host) {
    auto status = host.units.status_with_files(unit.name);
    if (!status)
        return status.error();
    if (!status->active())
        return unit_failed(*status, "did not stay up");
    auto const live = executed_processes(*status, host);
    if (!live)
        return live.error();
    auto found = prove(unit.after, unit.running, *status, *live, {});
    prove_credentials(found, unit.after, unit.running, *status, *live, host.live);
    unit.proved_as = std::move(*status);
    return after_reload(std::move(found), unit.reload_shown);
}

void reload_units(transaction& in, std::vector<step>& now) {
    ask_within_run(in, now, [](transaction& work, std::vector<step*> const& queued) {
        auto const [patience, results] = work.run_jobs(queued);
        for (std::size_t i = 0; results && i < queued.size(); ++i)
            if (!(*results)[i].done())
                queued[i]->fail(reload_failed(work, (*results)[i], patience));
    });
}

void prove_reloads(transaction& in, std::vector<step>& now) {
    std::vector<expected_run> runs;
    for (auto& one : now) {
        auto const& unit = *in.find(one.unit);
        if (unit.change->look != one.kind)
            one.mark = step_mark::skipped; // it has stopped, or was restarted
        else
            runs.push_back({.name = unit.name, .settle = unit.settle});
    }
    auto const settled = settle(in.host, runs, !in.rules.strict, in.rules.stop_requested);
    for (auto const& unsettled : settled.faults)
        for (auto& one : now)
            if (one.unit == unsettled.unit)
                one.fail(unsettled.why);
    for (auto& one : now) {
        if (one.mark != step_mark::planned)
            continue;
        in.progress.tell(describe(one));
        auto& unit = *in.find(one.unit);
        if (auto found = look_at(unit, in.host); transaction::good(one, found))
            unit.proved = std::move(*found);
    }
}

step_kind const reload_unit{
    .name = "reload-unit",
    .sentence = "reload {}",
    .job = host::job_kind::reload,
    .keeps_run = true,
    .together = true,
    .run = reload_units};
step_kind const prove_reload{
    .name = "prove-reload",
    .sentence = "look at {} after its reload",
    .phase = apply_phase::prove,
    .together = true,
    .run = prove_reloads};

} // namespace

unit_change const changes::reload{
    .name = "reload",
    .done = "reloaded; its live process has {}",
    .unproven = "reloaded",
    .before_reason = "; ",
    .perhaps = "may have been reloaded with that",
    .takes = true,
    .begins = true,
    .keeps_run = true,
    .how = taken::by_reload,
    .file_key = "X-Dynix-Reload-File",
    .possible =
        [](units::unit_file const& unit) {
            return !unit.effective("Service", "ExecReload").empty() ||
                   unit.last("Service", "Type") == "notify-reload";
        },
    .impossible = "has no ExecReload= to reload with",
    .job = &reload_unit,
    .look = &prove_reload};

bool only_triggers_reload(checked_unit const& unit) {
    return all_differing(unit) == std::set<std::string>{triggers};
}

unit_change const* change_by_files(checked_unit const& unit) {
    auto keys = all_differing(unit);
    keys.erase(triggers);
    for (auto const* one : changes::of_files)
        if (keys == std::set{fmt::format("[Unit] {}", one->file_key)} && unit.status.active() &&
            one->possible(unit.after))
            return one;
    return &changes::restart;
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

bool goes_down_along(checked_unit const& unit, std::vector<checked_unit> const& units) {
    auto const has = [&](std::vector<std::string> const& names) {
        return std::find(names.begin(), names.end(), unit.name) != names.end();
    };
    return is_up(unit.status) &&
           std::any_of(units.begin(), units.end(), [&](checked_unit const& other) {
               return other.change == &changes::restart &&
                      (has(other.status.stopped_with_it) ||
                       (unit.change != &changes::none && has(other.stop_first)));
           });
}

void restart_what_stops_along(std::vector<checked_unit>& units, bool against_own_word) {
    // By hand some may not be started, and none may say no to what its dependencies bring about.
    auto const may_restart = [&](checked_unit const& unit) {
        if (unit.status.refuse_manual_start || unit.status.refuse_manual_stop)
            return false;
        return unit.change == &changes::none ||
               ((unit.change->job || unit.change == &changes::leave) &&
                (against_own_word || !why_kept_running(unit)));
    };
    for (bool more = true; more;) {
        more = false;
        for (auto& unit : units)
            if (may_restart(unit) && goes_down_along(unit, units)) {
                unit.change = &changes::restart;
                more = true;
            }
    }
    // To restart it unless it is stopped would do nothing where it is down for the other by then.
    // The service of a socket is stopped and started by us.
    for (auto& unit : units)
        if (unit.change == &changes::restart && unit.name.ends_with(".service") &&
            std::ranges::none_of(
                units,
                [&](checked_unit const& socket) {
                    return std::ranges::find(socket.stop_first, unit.name) !=
                           socket.stop_first.end();
                }) &&
            goes_down_along(unit, units))
            unit.unless_stopped = false;
}

void warn_of_fallbacks(std::vector<step> const& steps, std::vector<std::string>& warnings) {
    for (auto const& one : steps)
        if (one.falls_back)
            warnings.push_back(fmt::format(
                "'{}' is restarted, as a {} was not enough: {}", one.unit, one.falls_back->name,
                one.why.message));
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

} // namespace dynix::activation
