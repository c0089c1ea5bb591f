#include "dynix/activation/reload.hpp"

#include "dynix/activation/programme.hpp"
#include "dynix/activation/proof_credentials.hpp"
#include "dynix/activation/restart_policy.hpp"
#include "dynix/activation/transaction.hpp"
#include "dynix/activation/unit_operations.hpp"
#include "dynix/activation/unplanned.hpp"
#include "dynix/units/directives.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace dynix::activation {
namespace {

// How long a service may take to open its files, once its reload job is done: with ExecReload= that
// sends a signal, the job says nothing about it.
constexpr auto read_patience = std::chrono::seconds(5);
constexpr auto read_interval = host::milliseconds(20);

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

// Whether the unit has stopped since it was checked; it takes the change when it starts.
bool has_stopped(transaction& in, step& one) {
    auto const now = in.host.units.status(one.unit);
    if (!transaction::good(one, now) || is_up(*now))
        return false;
    one.mark = step_mark::skipped;
    in.find(one.unit)->change = &changes::defer;
    return true;
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

// What a restart would do besides was not looked at before, as only a reload was planned.
result<void> may_restart(transaction& in, std::string const& unit) {
    if (auto const own = in.host.units.unit_of_this_process(); own && *own == unit)
        return make_error(fmt::format("a restart of '{}' would end this command itself", unit));
    std::vector<std::string> planned;
    for (auto const& one : in.units)
        planned.push_back(one.name);
    auto const found = unplanned_units({{host::job_kind::restart, unit}}, planned, in.host.units);
    if (!found)
        return found.error();
    for (auto const& one : *found)
        if (one.harmless.empty())
            return unplanned_refusal(one);
    return {};
}

bool says_itself(checked_unit const& unit) {
    return unit.after.last("Service", "Type") == "notify-reload";
}

// Whether the process of a unit reads its files, from before its reload on.
class reading {
  public:
    // Keeps the references.
    reading(checked_unit const& unit, host::machine& host) : unit_(unit), host_(host) {
        for (auto const* links : {&unit.links, &unit.links_now})
            for (auto const& one : *links) {
                if (watches_.contains(one.path))
                    continue;
                watches_.emplace(one.path, host.live.watch(host.where.root + one.path));
                workers_ = workers_ || one.workers;
            }
        if (watches_.empty())
            return;
        if (auto const status = host.units.status(unit.name))
            if (auto const live = host.live.in_group(status->control_group))
                for (auto const& one : live->live)
                    before_.insert(one.pid);
    }

    // An error says what of it was not seen.
    result<void> wait(stop_question const& stop_requested) {
        auto const deadline = host_.time.now() + read_patience;
        for (;;) {
            auto read = look();
            if (read || host_.time.now() >= deadline || (stop_requested && stop_requested()))
                return read;
            if (auto waited = host_.units.wait_for_event(read_interval); !waited)
                return waited;
        }
    }

  private:
    result<void> look() {
        auto const status = host_.units.status(unit_.name);
        if (!status)
            return status.error();
        auto const live = host_.live.in_group(status->control_group);
        if (!live)
            return live.error();
        host::live_process const* main = nullptr;
        for (auto const& one : live->live)
            if (one.pid == status->main_pid)
                main = &one;
        if (!main)
            return make_error(fmt::format("the main process of '{}' is not known", unit_.name));
        if (!watches_.empty() && before_.empty())
            return make_error(
                fmt::format("the processes of '{}' before its reload are not known", unit_.name));
        for (auto& [path, watch] : watches_)
            if (auto read = look_at_file(main->pid, path, watch); !read)
                return read;
        if (workers_ && std::none_of(live->live.begin(), live->live.end(), [&](auto const& one) {
                return one.pid != main->pid && !before_.contains(one.pid) && one.exe == main->exe;
            }))
            return make_error(
                fmt::format("'{}' has started no new process after its reload", unit_.name));
        return {};
    }

    result<void> look_at_file(
        std::int64_t main, std::string const& path,
        result<std::unique_ptr<host::file_watch>>& watch) {
        auto const same = host_.live.sees_our_file(main, host_.where.root + path);
        if (!same)
            return same.error();
        if (!*same)
            return make_error(fmt::format(
                "the process of '{}' has another file at '{}', in its own mounts", unit_.name,
                path));
        if (says_itself(unit_))
            return {};
        if (!watch)
            return watch.error();
        // Not a process that the reload itself has started, such as a checker of the file.
        auto const readers = (*watch)->readers();
        if (std::any_of(readers.begin(), readers.end(), [&](std::int64_t pid) {
                return pid == main || before_.contains(pid);
            }))
            return {};
        return make_error(
            fmt::format("no process of '{}' has opened '{}' after its reload", unit_.name, path));
    }

    checked_unit const& unit_;
    host::machine& host_;
    std::map<std::string, result<std::unique_ptr<host::file_watch>>> watches_{};
    std::set<std::int64_t> before_{};
    bool workers_ = false;
};

result<proof> look_at(checked_unit& unit, host::machine& host) {
    auto status = host.units.status_with_files(unit.name);
    if (!status)
        return status.error();
    if (!status->active())
        return unit_failed(*status, "did not stay up");
    auto const live = host.live.in_group(status->control_group);
    if (!live)
        return live.error();
    auto found = prove(unit.after, unit.running, *status, *live, {});
    prove_credentials(found, unit.after, unit.running, *status, *live, host.live);
    unit.proved_as = std::move(*status);
    return after_reload(std::move(found), unit.reload_shown);
}

// Queues the reload jobs. A unit with files is watched meanwhile: its process must find the new
// ones in its own mounts and open them, and start workers where it is declared to. When that is not
// shown, or the reload fails, the unit is restarted instead, unless its own word is against that.
void reload_units(transaction& in, std::vector<step>& now) {
    std::vector<step*> queued;
    std::vector<reading> watched;
    for (auto& one : now) {
        if (has_stopped(in, one) || one.mark == step_mark::failed)
            continue;
        queued.push_back(&one);
        watched.emplace_back(*in.find(one.unit), in.host);
    }
    auto const [patience, results] = in.run_jobs(queued);
    for (std::size_t i = 0; results && i < queued.size(); ++i) {
        auto& one = *queued[i];
        auto& unit = *in.find(one.unit);
        if (!(*results)[i].done())
            one.fail(reload_failed(in, (*results)[i], patience));
        // Such a service says itself when it has reloaded, and systemd waits for it.
        else if (unit.links.empty() && unit.links_now.empty())
            unit.reload_shown = says_itself(unit);
        else if (auto const read = watched[i].wait(in.rules.stop_requested); read)
            unit.reload_shown = true;
        else if (!why_kept_running(unit))
            one.fail(read.error());
        if (one.mark == step_mark::failed && !one.job_is_open && !why_kept_running(unit) &&
            (!in.rules.strict || may_restart(in, unit.name))) {
            one.falls_back = true;
            unit.fell_back = true;
            unit.change = &changes::restart;
        }
    }
    if (std::any_of(now.begin(), now.end(), [](step const& one) { return one.falls_back; }))
        in.go_on_with(starts_of(in.units), now);
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

} // namespace

namespace steps {

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

} // namespace steps

unit_change const changes::reload{
    .name = "reload",
    .done = "reloaded; its live process has {}",
    .unproven = "reloaded",
    .before_reason = "; ",
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
    .job = &steps::reload_unit,
    .look = &steps::prove_reload};

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

void restart_what_stops_along(std::vector<checked_unit>& units) {
    auto const stops = [](checked_unit const& one, std::string const& name) {
        for (auto const* names : {&one.status.stopped_with_it, &one.stop_first})
            if (std::find(names->begin(), names->end(), name) != names->end())
                return true;
        return false;
    };
    for (bool more = true; more;) {
        more = false;
        for (auto& unit : units)
            if (unit.change->job && !why_kept_running(unit) &&
                std::any_of(units.begin(), units.end(), [&](checked_unit const& other) {
                    return other.change == &changes::restart && stops(other, unit.name);
                })) {
                unit.change = &changes::restart;
                more = true;
            }
    }
}

void warn_of_fallbacks(std::vector<step> const& steps, std::vector<std::string>& warnings) {
    for (auto const& one : steps)
        if (one.falls_back)
            warnings.push_back(fmt::format(
                "'{}' is restarted, as a reload was not enough: {}", one.unit, one.why.message));
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
