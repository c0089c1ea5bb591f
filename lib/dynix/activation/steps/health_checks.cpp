#include "dynix/activation/steps/health_checks.hpp"

#include "dynix/activation/steps/transaction.hpp"
#include "dynix/activation/steps/unit_operations.hpp"
#include "dynix/base/utf8.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace dynix::activation {
namespace {

// How much of a command's output is shown: a terminal's page, and less than what an error shows.
constexpr std::size_t shown_bytes = 1200;
constexpr std::size_t shown_lines = 20;
// How long to wait at most before asking whether to stop.
constexpr auto ask_interval = host::milliseconds(50);
// systemd.exec(5), "Process Exit Codes": the program could not be executed.
constexpr std::int64_t exit_exec = 203;

template <class Check>
Check const* find_check(std::vector<Check> const& all, std::string_view name) {
    auto const found =
        std::find_if(all.begin(), all.end(), [&](Check const& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

std::string only_utf8(std::string text) {
    for (auto at = well_formed_utf8(text); at < text.size();
         at += well_formed_utf8(std::string_view(text).substr(at)))
        text[at] = '?';
    return text;
}

// The last lines of what a command wrote, each after "  | ".
std::string last_lines(host::command_end const& ended) {
    std::string_view text = ended.output;
    while (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    auto begin = text.size() <= shown_bytes ? 0 : text.size() - shown_bytes;
    auto at = text.size();
    for (std::size_t lines = 0; at != text.npos && at > begin && lines < shown_lines; ++lines)
        at = text.rfind('\n', at - 1);
    if (at != text.npos && at > begin)
        begin = at + 1;
    if (text.empty())
        return "it wrote nothing";
    bool const whole = begin == 0 && ended.written <= ended.output.size();
    auto shown = whole ? std::string("it wrote:")
                       : fmt::format("the end of the {} bytes that it wrote:", ended.written);
    shown += "\n  | ";
    for (char const c : only_utf8(std::string(text.substr(begin)))) {
        shown += c;
        if (c == '\n')
            shown += "  | ";
    }
    return shown;
}

std::string how(host::command_end const& ended, host::milliseconds at_most) {
    if (ended.result == "timeout")
        return fmt::format("did not end in {} ms", at_most.count());
    if (ended.result == "signal" || ended.result == "core-dump")
        return fmt::format("was ended by signal {}", ended.status);
    if (ended.result == "exit-code" && ended.status == exit_exec)
        return "cannot be executed";
    if (ended.result == "exit-code")
        return fmt::format("ended with status {}", ended.status);
    return fmt::format("failed: {}", ended.result);
}

result<host::command_end> run_command(
    transaction& in, step const& one, std::vector<std::string> const& command,
    host::milliseconds at_most) {
    auto ended = in.host.units.run_command(
        {.unit = one.unit,
         .command = command,
         .description = fmt::format("Health check '{}' of {}", one.check, one.unit),
         .from_outside = one.kind != &steps::preflight,
         .at_most = at_most},
        in.rules.stop_requested);
    if (ended && ended->result == "interrupted")
        return make_error("interrupted");
    return ended;
}

void run_preflight(transaction& in, std::vector<step>& now) {
    auto& one = now.front();
    auto const& check = *find_check(in.find(one.unit)->checks.preflights, one.check);
    in.progress.tell(describe(one));
    auto const ended = run_command(in, one, check.command, check.at_most);
    if (transaction::good(one, ended) && !ended->good())
        one.fail(make_error(
            fmt::format(
                "the preflight '{}' of '{}' refuses the new configuration: its command {}; {}",
                one.check, one.unit, how(*ended, check.at_most), last_lines(*ended)),
            "change or undo the override that causes it: 'dynix undo'"));
}

// A probe that fails with what runs well now would say nothing after the change: no process
// listens where it looks, say.
void probe_before(transaction& in, std::vector<step>& now) {
    auto& one = now.front();
    auto& unit = *in.find(one.unit);
    auto const& check = *find_check(unit.checks.probes, one.check);
    in.progress.tell(describe(one));
    std::string why = "the unit does not run";
    if (unit.status.active()) {
        auto const ended = run_command(in, one, check.before, check.at_most);
        if (!transaction::good(one, ended) || ended->good())
            return;
        // What runs may have been applied with the same.
        if (check.command != check.before) {
            auto const other = run_command(in, one, check.command, check.at_most);
            if (!transaction::good(one, other) || other->good())
                return;
        }
        why = fmt::format("its command {}; {}", how(*ended, check.at_most), last_lines(*ended));
    }
    one.mark = step_mark::skipped;
    one.why = make_error(std::move(why));
    std::erase_if(
        unit.checks.probes, [&](plan::probe_check const& it) { return it.name == one.check; });
}

result<void> wait(transaction& in, host::milliseconds time) {
    auto const end = in.host.time.now() + time;
    for (;;) {
        auto const left = std::chrono::ceil<host::milliseconds>(end - in.host.time.now());
        if (left <= left.zero())
            return {};
        if (in.rules.stop_requested && in.rules.stop_requested())
            return make_error("interrupted");
        if (auto waited = in.host.units.wait_for_event(std::min(left, ask_interval)); !waited)
            return waited;
    }
}

result<void> wait_until_well(transaction& in, step const& one, plan::probe_check const& check) {
    auto const first = in.host.units.status(one.unit);
    if (!first)
        return first.error();
    if (auto waited = wait(in, check.grace); !waited)
        return waited;
    auto const begin = in.host.time.now();
    std::string failure;
    for (;;) {
        auto const left =
            std::chrono::ceil<host::milliseconds>(begin + check.deadline - in.host.time.now());
        auto const at_most = left > left.zero() ? std::min(left, check.at_most) : check.at_most;
        auto const ended = run_command(in, one, check.command, at_most);
        if (!ended)
            return ended.error();
        auto const status = in.host.units.status(one.unit);
        if (!status)
            return status.error();
        if (auto const why = why_failed_since(*first, *status))
            return *why;
        if (ended->good())
            return {};
        // Of a try that the deadline cut short, an earlier one tells more.
        if (failure.empty() || at_most == check.at_most || ended->result != "timeout")
            failure = fmt::format("its command {}; {}", how(*ended, at_most), last_lines(*ended));
        if (in.host.time.now() + check.interval >= begin + check.deadline)
            return make_error(
                fmt::format(
                    "the probe '{}' of '{}' did not succeed in {} ms: {}", one.check, one.unit,
                    check.deadline.count(), failure),
                fmt::format("its messages: journalctl -b -u {}", one.unit));
        if (auto waited = wait(in, check.interval); !waited)
            return waited;
    }
}

void run_probe(transaction& in, std::vector<step>& now) {
    auto& one = now.front();
    auto const& unit = *in.find(one.unit);
    auto const* const check = find_check(unit.checks.probes, one.check);
    // Somebody has stopped it since it was checked: it takes the change when it starts.
    if (!check || unit.change == &changes::defer) {
        one.mark = step_mark::skipped;
        return;
    }
    in.progress.tell(describe(one));
    transaction::good(one, wait_until_well(in, one, *check));
}

} // namespace

namespace steps {

step_kind const preflight{
    .name = "preflight",
    .sentence = "run the preflight '{1}' of {0}",
    .phase = apply_phase::health,
    .before_change = true,
    .run = run_preflight};
step_kind const probe_first{
    .name = "probe-first",
    .sentence = "see whether the probe '{1}' of {0} succeeds before the change",
    .phase = apply_phase::health,
    .before_change = true,
    .run = probe_before};
step_kind const probe{
    .name = "probe",
    .sentence = "wait until the probe '{1}' of {0} succeeds",
    .phase = apply_phase::prove,
    .run = run_probe};

} // namespace steps

first_look look_first(
    std::vector<step>& programme, std::vector<checked_unit>& units, host::machine& host,
    phases& progress, std::function<bool()> const& stop_requested) {
    auto const changes = std::find_if(programme.begin(), programme.end(), [](step const& one) {
        return !one.kind->before_change;
    });
    std::vector<step> looks(programme.begin(), changes);
    programme.erase(programme.begin(), changes);
    first_look found;
    if (looks.empty())
        return found;
    transaction_rules rules;
    rules.stop_requested = stop_requested;
    rules.on_failure = [&](step const&, error const& why) {
        found.failures.push_back(why);
        return false;
    };
    transaction work(host, progress, units, std::move(rules));
    work.run(std::move(looks));
    progress.end();
    found.steps = work.past();
    if (!found.failures.empty())
        for (auto& one : programme)
            one.mark = step_mark::skipped;
    for (auto const& one : found.steps)
        if (one.kind == &steps::probe_first && !one.why.message.empty() &&
            one.mark == step_mark::skipped)
            found.warnings.push_back(fmt::format(
                "the probe '{}' of '{}' is left out, because it does not succeed before the "
                "change either: {}",
                one.check, one.unit, one.why.message));
    return found;
}

void keep_checks(
    std::vector<checked_unit> const& from, std::vector<checked_unit>& to,
    std::vector<step>& programme) {
    for (auto& unit : to)
        for (auto const& before : from)
            if (before.name == unit.name)
                unit.checks = before.checks;
    std::erase_if(programme, [](step const& one) { return one.kind->before_change; });
}

} // namespace dynix::activation
