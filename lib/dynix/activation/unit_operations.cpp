#include "dynix/activation/unit_operations.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace dynix::activation {
namespace {

// How long a started service may take until its processes show what they run.
constexpr auto proof_patience = std::chrono::seconds(2);
constexpr auto proof_interval = host::milliseconds(5);
// How long to wait at most before looking at a settling unit again, should no signal tell.
constexpr auto settle_interval = host::milliseconds(50);

error interrupted() {
    return fault("interrupted");
}

std::string_view word(host::job_kind kind) {
    switch (kind) {
    case host::job_kind::start:
        return "start";
    case host::job_kind::stop:
        return "stop";
    case host::job_kind::restart:
    case host::job_kind::try_restart:
        return "restart";
    }
    return {};
}

// Whether a unit whose start job is done is up. A oneshot may have ended well by then.
bool up(host::unit_status const& status) {
    return status.active() || (status.type == "oneshot" && status.active_state == "inactive" &&
                               status.result == "success");
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
    return fault(message, fmt::format("its messages: journalctl -b -u {}", status.name));
}

result<void>
put_drop_in(host::machine& on, std::string const& unit, std::optional<std::string> const& text) {
    auto const path = on.where.drop_in(unit);
    return text && !text->empty() ? on.files.write(path, *text) : on.files.remove(path);
}

result<void> put_back_drop_in(
    host::machine& on, std::string const& unit, std::optional<std::string> const& text) {
    auto const path = on.where.drop_in(unit);
    if (!text || text->empty())
        return on.files.remove(path);
    if (auto const now = on.files.read(path); now && *now == text)
        return {};
    auto written = on.files.write(path, *text);
    // On a full disk there may be room for one of the two.
    if (!written && on.files.remove(path))
        written = on.files.write(path, *text);
    return written;
}

result<void> run_waves(
    host::machine& on, std::vector<std::vector<host::unit_job>> const& waves,
    host::milliseconds timeout, std::function<void(host::unit_job const&)> const& on_job,
    stop_question const& stop_requested) {
    for (auto const& wave : waves) {
        for (auto const& job : wave) {
            if (on_job)
                on_job(job);
            if (job.kind == host::job_kind::stop)
                continue;
            // So that the start limit counts from here (five starts in ten seconds by default).
            if (auto reset = on.units.reset_failed(job.unit); !reset)
                return reset.error();
        }
        auto const results = on.units.run(wave, on.time.now() + timeout, stop_requested);
        if (!results)
            return results.error();
        for (std::size_t i = 0; i < results->size(); ++i) {
            auto const& ended = (*results)[i];
            if (ended.done())
                continue;
            if (ended.result == "interrupted")
                return interrupted();
            auto const what =
                ended.result == "deadline"
                    ? fmt::format("did not {} in {} ms", word(wave[i].kind), timeout.count())
                    : fmt::format("did not {}: job {}", word(wave[i].kind), ended.result);
            auto const status = on.units.status(ended.unit);
            return status ? unit_failed(*status, what)
                          : fault(fmt::format("'{}' {}", ended.unit, what));
        }
    }
    return {};
}

result<void> settle(
    host::machine& on, std::vector<expected_run> const& units,
    stop_question const& stop_requested) {
    struct seen {
        std::string invocation_id;
        std::uint64_t n_restarts;
    };
    std::vector<seen> first;
    auto const start = on.time.now();
    for (;;) {
        auto const elapsed = on.time.now() - start;
        auto left = host::milliseconds(0);
        for (std::size_t i = 0; i < units.size(); ++i) {
            auto const& unit = units[i];
            auto const status = on.units.status(unit.name);
            if (!status)
                return status.error();
            if (first.size() == i)
                first.push_back({status->invocation_id, status->n_restarts});
            if (!up(*status))
                return unit_failed(*status, "did not stay up");
            if (status->invocation_id != first[i].invocation_id ||
                status->n_restarts != first[i].n_restarts)
                return unit_failed(*status, "was started again by itself");
            left = std::max(left, std::chrono::ceil<host::milliseconds>(unit.settle - elapsed));
        }
        if (left <= left.zero())
            return {};
        if (stop_requested && stop_requested())
            return interrupted();
        if (auto waited =
                on.units.wait_for_event(std::min<host::milliseconds>(left, settle_interval));
            !waited)
            return waited.error();
    }
}

result<proof> prove_live(host::machine& on, expected_run const& unit) {
    auto const deadline = on.time.now() + proof_patience;
    for (;;) {
        auto const status = on.units.status(unit.name);
        if (!status)
            return status.error();
        auto const live = on.live.in_group(status->control_group);
        if (!live)
            return live.error();
        auto found = prove(unit.wanted, unit.before, *status, *live, unit.invocation_before);
        auto const not_shown = [](char const* why) {
            return proof{.outcome = verdict::not_provable, .notes = {why}};
        };
        if (found.no_such_command && unit.shown == command_shown::no)
            return not_shown("its process showed another command line before, too");
        if (found.outcome != verdict::contradicted || !status->active())
            return found;
        if (on.time.now() >= deadline)
            return found.no_such_command && unit.shown == command_shown::unknown
                       ? not_shown("its process shows another command line, and none ran before")
                       : found;
        if (auto waited = on.units.wait_for_event(proof_interval); !waited)
            return waited.error();
    }
}

} // namespace dynix::activation
