#include "dynix/activation/steps/unit_operations.hpp"

#include "dynix/activation/proof/executed.hpp"
#include "dynix/activation/proof/proof_credentials.hpp"
#include "dynix/activation/steps/unit_states.hpp"
#include "dynix/units/exec_command.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>

namespace dynix::activation {
namespace {

// How long a service whose command systemd has executed may take until its processes show what they
// run.
constexpr auto proof_patience = std::chrono::seconds(2);
// How long to wait at most before looking at settling units again, should no signal tell: of each
// it costs systemd and us a tenth of a millisecond.
constexpr auto settle_interval = host::milliseconds(250);

// A start is ExecCondition=, ExecStartPre=, ExecStart= and ExecStartPost=, a stop ExecStop=,
// SIGTERM, SIGKILL and ExecStopPost=; systemd counts each of them anew (systemd.service(5)).
constexpr int phases_of_a_job = 4;
constexpr auto without_limit = std::chrono::minutes(10);
// What systemd needs besides.
constexpr auto margin = std::chrono::seconds(10);

// Whether a unit whose start job is done is up. A oneshot may have ended well by then, and what
// starts it (a timer, often) may have started it again.
bool up(host::unit_status const& status) {
    return status.active() ||
           (status.type == "oneshot" && !status.remain_after_exit &&
            status.active_state != "failed" && !is_waiting(status) && status.result == "success");
}

// Whether systemd knows of no run of a unit that was started just now: it forgets one that is down
// and that nothing refers to, unless it has failed.
bool is_forgotten(host::unit_status const& status) {
    return !status.active() && status.invocation_id.empty();
}

bool has_condition(units::unit_file const& unit) {
    return std::any_of(
        unit.assignments.begin(), unit.assignments.end(), [](units::assignment const& one) {
            return !one.value.empty() &&
                   (one.key == "ExecCondition" || one.key.starts_with("Condition"));
        });
}

// Whether another run than the one that was seen before is one too many.
bool is_started_again(
    host::unit_status const& now, std::string const& invocation_before,
    std::uint64_t restarts_before) {
    return now.n_restarts > restarts_before ||
           (now.type != "oneshot" && now.invocation_id != invocation_before);
}

// Whether its command is a text for a shell, which becomes the last program of it (bash does).
bool runs_shell_text(units::unit_file const& unit) {
    auto const command = units::planned_command(unit);
    if (!command || !*command)
        return false;
    auto const program = (*command)->program.show();
    auto const name = std::string_view(program).substr(program.rfind('/') + 1);
    constexpr std::string_view shells[] = {"sh", "bash", "dash", "ksh", "zsh"};
    auto const takes_text = [](units::text_pattern const& one) {
        return one.before.starts_with('-') && one.before.ends_with('c');
    };
    return std::ranges::find(shells, name) != std::end(shells) &&
           std::ranges::any_of((*command)->args, takes_text);
}

// What ran before tells nothing of a shell that comes in the place of a program.
command_shown shown_of(expected_run const& unit) {
    bool const is_new_shell = runs_shell_text(unit.wanted) && !runs_shell_text(unit.before);
    return is_new_shell ? command_shown::unknown : unit.shown;
}

} // namespace

error unit_failed(host::unit_status const& status, std::string_view what) {
    auto message = fmt::format("'{}' {}", status.name, what);
    if (!status.active())
        message += fmt::format(": {} ({})", status.active_state, status.sub_state);
    if (!status.result.empty() && status.result != "success")
        message += fmt::format(", result '{}'", status.result);
    if (status.main_exit_status != 0)
        message += fmt::format(", status {}", status.main_exit_status);
    return make_error(message, fmt::format("its messages: journalctl -b -u {}", status.name));
}

std::string in_words(host::job_result const& ended) {
    bool const is_taken = ended.result.find(' ') == std::string::npos;
    return is_taken ? "job " + ended.result : ended.result;
}

result<void>
put_drop_in(host::machine& host, std::string const& unit, std::optional<std::string> const& text) {
    auto const path = host.where.drop_in(unit);
    return text && !text->empty() ? host.files.write(path, *text) : host.files.remove(path);
}

result<void> put_back_drop_in(
    host::machine& host, std::string const& unit, std::optional<std::string> const& text) {
    auto const path = host.where.drop_in(unit);
    if (!text || text->empty())
        return host.files.remove(path);
    if (auto const now = host.files.read(path); now && *now == text)
        return {};
    auto written = host.files.write(path, *text);
    // On a full disk there may be room for one of the two.
    if (!written && host.files.remove(path))
        written = host.files.write(path, *text);
    return written;
}

host::milliseconds patience_for(host::machine& host, std::vector<host::unit_job> const& jobs) {
    std::vector<std::string> names;
    names.reserve(jobs.size());
    for (auto const& job : jobs)
        names.push_back(job.unit);
    auto const timeouts = host.units.timeouts(names);
    host::milliseconds sum = margin;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        auto const phases = [&](std::optional<host::milliseconds> const& one) {
            return one ? *one * phases_of_a_job : host::milliseconds(without_limit);
        };
        if (!timeouts)
            sum += without_limit;
        if (timeouts && jobs[i].kind != host::job_kind::start)
            sum += phases((*timeouts)[i].stop);
        if (timeouts && jobs[i].kind != host::job_kind::stop)
            sum += phases((*timeouts)[i].start);
    }
    return sum;
}

result<void> check_not_within(host::machine& host, std::vector<step> const& programme) {
    auto const own = host.units.unit_of_this_process();
    for (auto const& one : programme)
        if (own && one.unit == *own && one.kind->job && *one.kind->job != host::job_kind::start &&
            !one.kind->keeps_run)
            return make_error(
                fmt::format(
                    "this command runs in '{}', which it would {} and so end itself", *own,
                    name(one)),
                "run it without '--here', or from somewhere else");
    return {};
}

std::vector<std::string> names_of(std::vector<expected_run> const& units) {
    std::vector<std::string> names;
    names.reserve(units.size());
    for (auto const& unit : units)
        names.push_back(unit.name);
    return names;
}

settled_units settle(
    host::machine& host, std::vector<expected_run> units, bool to_the_end,
    stop_question const& stop_requested) {
    struct seen {
        std::string invocation_id;
        std::uint64_t n_restarts;
    };
    std::map<std::string, seen> first;
    settled_units out;
    auto& faults = out.faults;
    auto const start = host.time.now();
    auto const judge = [&](expected_run const& unit,
                           result<host::unit_status> const& status) -> result<void> {
        if (!status)
            return status.error();
        auto const& before =
            first.try_emplace(unit.name, seen{status->invocation_id, status->n_restarts})
                .first->second;
        // systemd's job is done then, and the unit has not been started (systemd.unit(5)).
        if (!status->active() && !status->condition_result)
            return make_error(
                fmt::format(
                    "'{}' was not started: a condition of it (Condition*=) is not met", unit.name),
                fmt::format("'systemctl status {}' names the condition", unit.name));
        if (!status->active() && status->result == "exec-condition")
            return make_error(
                fmt::format("'{}' was not started: its ExecCondition= does not let it", unit.name),
                fmt::format("its messages: journalctl -b -u {}", unit.name));
        if (!up(*status) && is_forgotten(*status) && has_condition(unit.wanted))
            return make_error(
                fmt::format(
                    "'{}' was not started, as a condition of it (Condition*=, ExecCondition=) does "
                    "not hold, or has ended since: systemd has forgotten which",
                    unit.name),
                fmt::format("its messages: journalctl -b -u {}", unit.name));
        if (!up(*status))
            return unit_failed(*status, "did not stay up");
        if (is_started_again(*status, before.invocation_id, before.n_restarts))
            return unit_failed(*status, "was started again by itself");
        return {};
    };
    for (;;) {
        auto const elapsed = host.time.now() - start;
        auto left = host::milliseconds(0);
        auto statuses = host.units.runs_of(names_of(units));
        std::vector<expected_run> up_so_far;
        out.up.clear();
        for (std::size_t i = 0; i < statuses.size(); ++i) {
            auto& unit = units[i];
            if (auto const good = judge(unit, statuses[i]); !good) {
                faults.push_back({unit.name, good.error()});
                continue;
            }
            out.up[unit.name] = std::move(*statuses[i]);
            left = std::max(left, std::chrono::ceil<host::milliseconds>(unit.settle - elapsed));
            up_so_far.push_back(std::move(unit));
        }
        units = std::move(up_so_far);
        if (left <= left.zero() || (!faults.empty() && !to_the_end))
            return out;
        auto waited =
            stop_requested && stop_requested()
                ? result<void>(make_error("interrupted"))
                : host.units.wait_for_event(std::min<host::milliseconds>(left, settle_interval));
        if (waited)
            continue;
        for (auto const& unit : units)
            faults.push_back({unit.name, waited.error()});
        return out;
    }
}

std::optional<error> why_failed_since(host::unit_status const& then, host::unit_status const& now) {
    // One that had ended well may be at work again, as its timer or its Restart= has it.
    bool const was_up = then.active();
    // What a service that ended badly leaves behind, also while its ExecStopPost= runs.
    bool const badly = !now.active() && !now.result.empty() && now.result != "success" &&
                       now.invocation_id == then.invocation_id;
    if (now.active_state == "failed" || (was_up && (is_waiting(now) || badly)))
        return unit_failed(now, "did not stay up");
    if (was_up && now.n_restarts > then.n_restarts)
        return unit_failed(now, "was started again by itself");
    return std::nullopt;
}

std::vector<unit_fault> find_ended(std::vector<checked_unit>& units, host::machine& host) {
    std::vector<checked_unit*> proved;
    std::vector<std::string> names;
    for (auto& unit : units)
        if (unit.proved_as) {
            proved.push_back(&unit);
            names.push_back(unit.name);
        }
    std::vector<unit_fault> found;
    auto const statuses = host.units.ends_of(names);
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        auto const& now = statuses[i];
        auto const why = now ? why_failed_since(*proved[i]->proved_as, *now) : now.error();
        if (why)
            found.push_back({names[i], *why});
        else if (proved[i]->proved_as->active() && !now->active())
            proved[i]->proved.now_not_provable(fmt::format(
                "it has ended well since it was proved: {} ({})", now->active_state,
                now->sub_state));
    }
    return found;
}

result<proof> prove_live(host::machine& host, expected_run const& unit, host::unit_status& status) {
    auto const start = host.time.now();
    auto deadline = start + proof_patience;
    auto const shown = shown_of(unit);
    for (;;) {
        auto const live = host.live.in_group(status.control_group);
        if (!live)
            return live.error();
        auto found = prove(unit.wanted, unit.before, status, *live, unit.invocation_before);
        prove_credentials(found, unit.wanted, unit.before, status, *live, host.live);
        // Somebody has started it again, or its start goes on. A oneshot is so as long as it runs.
        bool const comes_up = !status.active() && status.type != "oneshot" && is_up(status);
        if (!comes_up && (found.outcome != verdict::contradicted || !status.active()))
            return found;
        bool const hidden = found.no_such_command && shown != command_shown::yes;
        bool const starting = is_starting(status, *live);
        if (starting && host.time.now() - start < execution_patience)
            deadline = host.time.now() + proof_patience;
        bool const late = host.time.now() >= deadline;
        if (hidden && shown == command_shown::no && (late || !starting)) {
            found.now_not_provable("its process showed another command line before, too");
            return found;
        }
        if (hidden && late)
            found.now_not_provable(
                unit.shown == command_shown::yes
                    ? "its shell has become another program, whose command line its process shows"
                    : "its process shows another command line, and none ran before");
        if (late)
            return found;
        if (auto waited = host.units.wait_for_event(execution_interval); !waited)
            return waited.error();
        auto now = std::move(host.units.runs_of({unit.name}).front());
        if (!now)
            return now.error();
        if (auto const why = why_failed_since(status, *now))
            return *why;
        // Not asked again, and a run does not change it.
        now->need_daemon_reload = status.need_daemon_reload;
        status = std::move(*now);
    }
}

} // namespace dynix::activation
