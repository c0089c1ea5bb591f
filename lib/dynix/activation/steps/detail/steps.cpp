// What each kind of step does.
#include "dynix/activation/steps/file_links.hpp"
#include "dynix/activation/steps/programme.hpp"
#include "dynix/activation/steps/restart_policy.hpp"
#include "dynix/activation/steps/transaction.hpp"
#include "dynix/activation/steps/unit_operations.hpp"
#include "dynix/activation/steps/unit_states.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dynix::activation {
namespace {

// A drop-in that names links which could not be put back is what they are found by.
bool is_needed(transaction& in, step& one) {
    if (in.find(one.unit)->files_stuck)
        one.mark = step_mark::skipped;
    return one.mark == step_mark::skipped;
}

void change_drop_in(transaction& in, std::vector<step>& now) {
    auto& one = now.front();
    if (is_needed(in, one))
        return;
    transaction::good(one, put_drop_in(in.host, one.unit, in.find(one.unit)->wanted.text));
}

void restore_drop_in(transaction& in, std::vector<step>& now) {
    auto& one = now.front();
    if (is_needed(in, one))
        return;
    transaction::good(one, put_back_drop_in(in.host, one.unit, in.find(one.unit)->wanted.text));
}

void reload(transaction& in, std::vector<step>& now) {
    auto& one = now.front();
    in.progress.tell(describe(one));
    if (transaction::good(one, in.host.units.reload()) && in.rules.strict)
        transaction::good(one, check_loaded(in.units, in.host));
}

void reset_failures(transaction& in, std::vector<step>& now) {
    transaction::good(now.front(), in.host.units.reset_failed(now.front().unit));
}

std::string_view verb(host::job_kind kind) {
    switch (kind) {
    case host::job_kind::start:
        return "start";
    case host::job_kind::stop:
        return "stop";
    case host::job_kind::restart:
    case host::job_kind::try_restart:
        return "restart";
    case host::job_kind::reload:
        return "reload";
    }
    return {};
}

error job_failed(
    transaction& in, step const& one, host::job_result const& ended, host::milliseconds patience) {
    if (ended.result == "interrupted")
        return make_error("interrupted");
    auto const what =
        ended.result == "deadline"
            ? fmt::format("did not {} in {} ms", verb(*one.kind->job), patience.count())
            : fmt::format("did not {}: {}", verb(*one.kind->job), in_words(ended));
    auto const status = in.host.units.status(ended.unit);
    return status ? unit_failed(*status, what)
                  : make_error(fmt::format("'{}' {}", ended.unit, what));
}

// Whether somebody has stopped the unit since it was checked, so that it is not for us to start.
bool was_stopped(checked_unit const& unit, host::machine& host) {
    if (!unit.unless_stopped)
        return false;
    auto const now = host.units.status(unit.name);
    return now && now->active_state == "inactive" && !now->will_start() &&
           (now->invocation_id.empty() || now->invocation_id == unit.status.invocation_id);
}

// A service that a connection, say, has started since its socket was checked: it stops before the
// socket and starts after it.
result<void> stop_too(transaction& in, std::string const& socket, host::unit_status service) {
    if (!in.find(service.name)) {
        if (in.rules.strict)
            return not_in_plan(socket, service.name);
        in.units.push_back({.name = service.name});
    }
    auto& unit = *in.find(service.name);
    unit.status = std::move(service);
    if (unit.change == &changes::defer)
        unit.change = &changes::restart;
    in.find(socket)->stop_first.push_back(unit.name);
    return in.rules.on_change ? in.rules.on_change(unit) : result<void>();
}

// What has changed about the units of `now`, at the last moment before their jobs. `now` and what
// is still to come are adapted; false if that failed.
bool look_again(transaction& in, std::vector<step>& now) {
    bool const stops = now.front().kind == &steps::stop;
    std::vector<step> more;
    bool changed = false;
    for (auto& one : now) {
        auto* const unit = in.find(one.unit);
        if (!unit)
            continue;
        if (stops && was_stopped(*unit, in.host)) {
            one.mark = step_mark::skipped;
            unit->change = &changes::none;
            for (auto& other : in.units)
                std::erase(other.stop_first, one.unit);
            changed = true;
            continue;
        }
        if (unit->change != &changes::restart)
            continue;
        auto const known = unit->stop_first;
        auto services = services_to_stop(unit->status, {}, in.host);
        if (!transaction::good(one, services))
            return false;
        for (auto& service : *services) {
            auto const name = service.name;
            bool const listed = std::find(known.begin(), known.end(), name) != known.end();
            if (stops && listed)
                continue;
            if (!listed)
                if (auto added = stop_too(in, one.unit, std::move(service)); !added) {
                    one.fail(added.error());
                    return false;
                }
            more.push_back({&steps::stop, name});
            changed = true;
        }
    }
    if (!changed)
        return true;
    std::vector<step> later;
    if (stops) {
        now.insert(now.end(), more.begin(), more.end());
        later = changes_of(in.units);
    } else {
        now = std::move(more);
    }
    auto const starts = starts_of(in.units);
    later.insert(later.end(), starts.begin(), starts.end());
    in.go_on_with(later, now);
    return true;
}

void run_jobs(transaction& in, std::vector<step>& now) {
    if (!look_again(in, now)) {
        for (auto& one : now)
            if (one.mark == step_mark::planned)
                one.mark = step_mark::skipped;
        return;
    }
    std::vector<step*> queued;
    for (auto& one : now)
        if (one.mark == step_mark::planned)
            queued.push_back(&one);
    auto const [patience, results] = in.run_jobs(queued);
    for (std::size_t i = 0; results && i < queued.size(); ++i)
        if (!(*results)[i].done())
            queued[i]->fail(job_failed(in, *queued[i], (*results)[i], patience));
}

// A unit that was not running when it was checked may have been started since, before systemd had
// read the drop-in.
void leave_stopped(transaction& in, std::vector<step>& now) {
    bool changed = false;
    for (auto& one : now) {
        auto& unit = *in.find(one.unit);
        auto status = in.host.units.status(one.unit);
        if (!transaction::good(one, status) || !is_up(*status))
            continue;
        changed = true;
        unit.status = std::move(*status);
        unit.change = change_by_own_word(unit);
        if (in.rules.on_change)
            transaction::good(one, in.rules.on_change(unit));
    }
    if (!changed)
        return;
    std::erase_if(now, [&](step const& one) {
        return one.mark != step_mark::failed && in.find(one.unit)->change != &changes::defer;
    });
    in.go_on_with(starts_of(in.units), now);
}

// Nothing is done to it, and its process has nothing of the change.
void leave_running(transaction& in, std::vector<step>& now) {
    for (auto const& one : now)
        in.find(one.unit)->proved.now_not_provable("it runs on with its previous configuration");
}

expected_run expected(transaction const& in, checked_unit const& unit) {
    return {
        unit.name,
        unit.settle,
        unit.after,
        unit.running,
        in.rules.strict ? unit.status.invocation_id : std::string(),
        unit.shown};
}

error contradiction(std::string const& unit, proof const& found, host::machine& host) {
    auto const status = host.units.status(unit);
    if (status && !status->active())
        return unit_failed(*status, "did not stay up");
    return make_error(
        fmt::format("'{}' does not run what was planned: {}", unit, found.show()),
        fmt::format("its messages: journalctl -b -u {}", unit));
}

void prove_units(transaction& in, std::vector<step>& now) {
    std::vector<expected_run> runs;
    for (auto& one : now) {
        auto const& unit = *in.find(one.unit);
        if (was_stopped(unit, in.host))
            one.mark = step_mark::skipped;
        else
            runs.push_back(expected(in, unit));
    }
    auto const of = [&](std::string const& unit) -> step& {
        return *std::find_if(
            now.begin(), now.end(), [&](step const& one) { return one.unit == unit; });
    };
    auto settled = settle(in.host, runs, !in.rules.strict, in.rules.stop_requested);
    for (auto const& unsettled : settled.faults)
        of(unsettled.unit).fail(unsettled.why);
    auto const any_failed = [&] {
        return std::any_of(
            now.begin(), now.end(), [](step const& one) { return one.mark == step_mark::failed; });
    };
    for (auto const& run : runs) {
        auto& one = of(run.name);
        if (in.rules.strict && any_failed()) {
            if (one.mark == step_mark::planned)
                one.mark = step_mark::skipped;
            continue;
        }
        if (one.mark == step_mark::failed)
            continue;
        in.progress.tell(describe(one));
        auto& unit = *in.find(run.name);
        unit.proved_as = std::move(settled.up.at(run.name));
        auto found = prove_live(in.host, run, *unit.proved_as);
        if (!transaction::good(one, found))
            continue;
        auto& proved = unit.proved;
        proved = std::move(*found);
        look_at_links(unit, in.host);
        if (proved.outcome == verdict::contradicted)
            one.fail(contradiction(run.name, proved, in.host));
    }
}

} // namespace

namespace steps {

using host::job_kind;

constexpr std::string_view other_files = "'{}': its files below /etc are not the previous ones";
constexpr std::string_view not_reloaded = "systemd has not reloaded its unit files";

step_kind const write_drop_in{
    .name = "write-drop-in", .sentence = "write {}", .names_drop_in = true, .run = change_drop_in};
step_kind const remove_drop_in{
    .name = "remove-drop-in",
    .sentence = "remove {}",
    .names_drop_in = true,
    .left = {.by_reset = "'{}' still has its drop-in"},
    .run = change_drop_in};
step_kind const put_back_drop_in{
    .name = "put-back-drop-in",
    .sentence = "put the previous {} back",
    .names_drop_in = true,
    .left = {.by_restore = "'{}': its drop-in is not the previous one"},
    .run = restore_drop_in};
step_kind const put_back_files{
    .name = "put-back-files",
    .sentence = "point the files of {} below /etc back",
    .left = {.by_restore = other_files, .by_reset = "'{}' still has its files below /etc"},
    .run = activation::put_back_files};
step_kind const switch_files{
    .name = "switch-files",
    .sentence = "point the files of {} below /etc at the new ones",
    .left = {.by_restore = other_files},
    .run = activation::switch_files};
step_kind const reload{
    .name = "reload",
    .sentence = "reload systemd (daemon-reload)",
    .needed = true,
    .left = {.by_restore = not_reloaded, .by_reset = not_reloaded},
    .run = activation::reload};
// The start tells whether it was needed.
step_kind const reset_failed{
    .name = "reset-failed",
    .sentence = "reset the start limit of {}",
    .left = {.by_restore = {}, .by_reset = {}},
    .run = reset_failures};
step_kind const stop{
    .name = "stop",
    .sentence = "stop {}",
    .job = job_kind::stop,
    .together = true,
    .run = run_jobs};
step_kind const restart{
    .name = "restart",
    .sentence = "restart {}",
    .job = job_kind::restart,
    .together = true,
    .run = run_jobs};
step_kind const try_restart{
    .name = "restart",
    .sentence = "restart {}",
    .job = job_kind::try_restart,
    .together = true,
    .run = run_jobs};
step_kind const start{
    .name = "start",
    .sentence = "start {}",
    .job = job_kind::start,
    .together = true,
    .run = run_jobs};
step_kind const leave{
    .name = "leave",
    .sentence = "leave {} running: the change takes effect when it is started again",
    .together = true,
    .run = leave_running};
step_kind const defer{
    .name = "defer",
    .sentence = "leave {} stopped: the change takes effect when it starts",
    .together = true,
    .run = leave_stopped};
step_kind const prove{
    .name = "prove",
    .sentence = "prove that {} runs as planned",
    .phase = apply_phase::prove,
    .proves = true,
    .together = true,
    .run = prove_units};

} // namespace steps
} // namespace dynix::activation
