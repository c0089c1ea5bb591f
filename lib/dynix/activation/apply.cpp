#include "dynix/activation/apply.hpp"

#include "dynix/activation/locks.hpp"
#include "dynix/activation/unit_operations.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace dynix::activation {
namespace {

class activation_run {
  public:
    activation_run(
        plan::activation_plan const& wanted, apply_options const& options, host::machine& on)
        : wanted_(wanted), options_(options), on_(on) {}

    apply_outcome run() {
        if (options_.require_root && !options_.dry_run && ::geteuid() != 0) {
            out_.errors.push_back(fault("only root can change units", "run the command as root"));
            return std::move(out_);
        }
        held_locks held;
        if (!options_.dry_run) {
            auto taken = take_locks(
                on_.where, options_.take_switch_lock, options_.lock_patience,
                [&](std::string const& holder) { phases_.wait_for(holder); });
            phases_.end_wait();
            if (!taken) {
                out_.errors.push_back(taken.error());
                return std::move(out_);
            }
            held = std::move(*taken);
        }
        phases_.begin(apply_phase::check);
        checked_ = check(wanted_, {options_.allow_leak}, on_);
        out_.warnings = checked_.warnings;
        out_.verify = wanted_.verify;
        out_.leaks = wanted_.leaks;
        out_.steps = checked_.steps;
        for (auto const& unit : checked_.units)
            out_.units.push_back({unit.name, unit.change, false, {}});
        phases_.end();
        if (!checked_.refusals.empty()) {
            out_.errors = std::move(checked_.refusals);
            return std::move(out_);
        }
        if (options_.dry_run)
            out_.result = apply_result::done;
        else
            carry_out();
        return std::move(out_);
    }

  private:
    void carry_out() {
        auto const changes =
            std::any_of(checked_.units.begin(), checked_.units.end(), [](checked_unit const& unit) {
                return unit.change != unit_change::none;
            });
        if (!changes) {
            // The overrides may have other numbers or messages than the ones recorded.
            prove_unchanged();
            auto recorded = record();
            if (!recorded)
                out_.errors.push_back(recorded.error());
            else
                out_.result = apply_result::done;
            return;
        }
        if (auto stopped = ask_stop(); !stopped) {
            out_.errors.push_back(stopped.error());
            return;
        }
        if (auto journaled = write_journal(); !journaled) {
            out_.errors.push_back(journaled.error());
            return;
        }
        if (auto done = activate(); !done)
            return fail(done.error());
        out_.result = apply_result::done;
    }

    // The state as it was, with what is needed to come back to it.
    result<void> write_journal() {
        journal_ = checked_.recorded.value_or(state());
        bool const unfinished = journal_.now == phase::activating;
        if (!unfinished)
            journal_.previous.clear();
        auto const stopped = stopped_services(checked_.units);
        for (auto const& unit : checked_.units) {
            auto const listed = std::any_of(
                journal_.previous.begin(), journal_.previous.end(),
                [&](previous_unit const& one) { return one.name == unit.name; });
            auto const acted_on =
                unit.change != unit_change::none ||
                std::find(stopped.begin(), stopped.end(), unit.name) != stopped.end();
            if (acted_on && !listed)
                journal_.previous.push_back({unit.name, unit.drop_in_now, is_up(unit.status)});
        }
        journal_.now = phase::activating;
        journal_.left.clear();
        return write_state(on_, journal_);
    }

    result<void> activate() {
        phases_.begin(apply_phase::activate);
        auto done = change_units();
        phases_.end();
        if (!done)
            return done.error();
        phases_.begin(apply_phase::prove);
        done = settle(on_, expected(), options_.stop_requested);
        if (done)
            done = prove_units();
        if (done)
            done = record();
        phases_.end();
        return done;
    }

    result<void> change_units() {
        for (auto const& unit : checked_.units) {
            if (auto stopped = ask_stop(); !stopped)
                return stopped.error();
            if (!unit.rewrite)
                continue;
            if (auto put = put_drop_in(on_, unit.name, unit.wanted.text); !put)
                return put.error();
        }
        phases_.tell(describe({step_kind::reload, {}}));
        auto reloaded = on_.units.reload();
        // It may have been done before a connection broke.
        reloaded_ = reloaded || !needs_reload();
        if (!reloaded)
            return reloaded.error();
        if (auto checked = check_loaded(); !checked)
            return checked.error();
        if (auto found = restart_what_started(); !found)
            return found.error();
        if (auto stopped = ask_stop(); !stopped)
            return stopped.error();
        jobs_begun_ = true;
        return run_waves(
            on_, job_waves(checked_.units), options_.timeout,
            [&](host::unit_job const& job) { tell_job(job); }, options_.stop_requested);
    }

    // systemd must have taken the drop-ins before anything is stopped: a unit it cannot load any
    // more would not come up again.
    result<void> check_loaded() {
        for (auto const& unit : checked_.units) {
            if (unit.change == unit_change::none)
                continue;
            auto const status = on_.units.status(unit.name);
            if (!status)
                return status.error();
            if (!status->loaded() && status->load_state != unit.status.load_state)
                return fault(
                    fmt::format(
                        "systemd cannot load '{}' with its drop-in: {}", unit.name,
                        status->load_state),
                    fmt::format("look at 'systemctl status {}'", unit.name));
            if (status->need_daemon_reload)
                return fault(fmt::format(
                    "systemd has not read the drop-in of '{}', though it was asked to", unit.name));
        }
        return {};
    }

    // A unit that was not running when the plan was checked may have been started since, before
    // systemd had read the drop-in.
    result<void> restart_what_started() {
        bool any = false;
        for (auto& unit : checked_.units) {
            if (unit.change != unit_change::defer)
                continue;
            auto status = on_.units.status(unit.name);
            if (!status)
                return status.error();
            if (!is_up(*status))
                continue;
            any = true;
            unit.status = std::move(*status);
            unit.change = unit_change::restart;
            for (auto& one : journal_.previous)
                one.ran = one.ran || one.name == unit.name;
            report_of(unit.name).change = unit.change;
        }
        return any ? write_state(on_, journal_) : result<void>();
    }

    bool restarted(checked_unit const& unit) const {
        for (auto const& wave : job_waves(checked_.units))
            for (auto const& job : wave)
                if (job.unit == unit.name)
                    return true;
        return false;
    }

    // What the restarted units must run after the change.
    std::vector<expected_run> expected() const {
        std::vector<expected_run> runs;
        for (auto const& unit : checked_.units)
            if (restarted(unit))
                runs.push_back(
                    {unit.name, unit.settle, unit.after, text_before(unit),
                     unit.status.invocation_id, unit.shown});
        return runs;
    }

    // What ran before the change: the unit with the drop-in that was there.
    static units::unit_file text_before(checked_unit const& unit) {
        auto text = unit.before;
        if (unit.drop_in_now)
            if (auto parsed = units::parse_unit(*unit.drop_in_now, unit.name))
                text.append(*parsed);
        return text;
    }

    unit_report& report_of(std::string const& unit) {
        return *std::find_if(out_.units.begin(), out_.units.end(), [&](unit_report const& one) {
            return one.name == unit;
        });
    }

    result<void> prove_units() {
        for (auto const& run : expected()) {
            phases_.tell(describe({step_kind::prove, run.name}));
            auto found = prove_live(on_, run);
            if (!found)
                return found.error();
            auto& report = report_of(run.name);
            report.restarted = true;
            report.proved = std::move(*found);
            if (report.proved.outcome == verdict::contradicted)
                return fault(
                    fmt::format(
                        "'{}' does not run what was planned: {}", run.name, report.proved.show()),
                    fmt::format("its messages: journalctl -b -u {}", run.name));
        }
        return {};
    }

    // Units that need no change: what they run is reported, and only that.
    void prove_unchanged() {
        phases_.begin(apply_phase::prove);
        for (auto const& unit : checked_.units) {
            auto const* const before = recorded_run(unit.name, unit.status);
            auto const shown = before && !before->shown ? command_shown::no : command_shown::yes;
            auto found = prove_live(on_, {unit.name, {}, unit.after, unit.after, {}, shown});
            auto& report = report_of(unit.name);
            if (found)
                report.proved = std::move(*found);
            if (!found || report.proved.outcome == verdict::contradicted)
                out_.warnings.push_back(fmt::format(
                    "'{}' does not run what is applied: {}; 'systemctl restart {}' would",
                    unit.name, found ? report.proved.show() : found.error().message, unit.name));
        }
        phases_.end();
    }

    // What is recorded of this very run of a unit.
    applied_unit const*
    recorded_run(std::string const& name, host::unit_status const& status) const {
        if (checked_.recorded)
            for (auto const& one : checked_.recorded->units)
                if (one.name == name && one.invocation_id == status.invocation_id)
                    return &one;
        return nullptr;
    }

    result<void> record() {
        state now;
        now.since = on_.time.date();
        now.plan = options_.plan_path;
        now.dynamic_file = wanted_.dynamic_file;
        now.configuration = wanted_.configuration;
        now.overrides = options_.overrides;
        for (auto const& unit : checked_.units) {
            auto const status = on_.units.status(unit.name);
            if (!status)
                return status.error();
            // Of a run that was proved before, what it showed then counts.
            auto const* const before = recorded_run(unit.name, *status);
            auto const shown =
                before ? before->shown : shown_now(unit.after, *status, on_) != command_shown::no;
            now.units.push_back(
                {unit.name, unit.wanted.text, unit.static_text, unit.dynamic_text,
                 status->active() ? status->invocation_id : std::string(), shown});
        }
        if (auto written = write_state(on_, now); !written)
            return written.error();
        keep_closure();
        return {};
    }

    // A GC root of the applied script that dies with /run: an indirect root through a link that is
    // always there.
    void keep_closure() {
        auto const folder = std::filesystem::path(options_.plan_path).parent_path().string();
        if (!folder.starts_with("/nix/store/"))
            return;
        auto linked = on_.files.link(folder, on_.where.applied());
        if (linked)
            linked = on_.files.link(on_.where.applied(), on_.where.gc_root());
        if (!linked)
            out_.warnings.push_back(
                "the applied script may be garbage collected: " + linked.error().message);
    }

    void fail(error const& why) {
        out_.errors.push_back(why);
        out_.result = apply_result::failed_left;
        if (!options_.restore) {
            for (auto const& unit : journal_.previous)
                out_.left.push_back(fmt::format("'{}' has its new configuration", unit.name));
            journal_.left = out_.left;
            if (auto written = write_state(on_, journal_); !written)
                out_.errors.push_back(written.error());
            return;
        }
        phases_.begin(apply_phase::restore);
        restore();
        phases_.end();
        if (out_.left.empty())
            out_.result = apply_result::failed_restored;
        for (auto& report : out_.units)
            report.restarted = report.restarted || jobs_begun_;
    }

    void leave(std::string what, error const& why) {
        out_.errors.push_back(why);
        // Once is enough, however many errors say so.
        if (std::find(out_.left.begin(), out_.left.end(), what) == out_.left.end())
            out_.left.push_back(std::move(what));
    }

    // Goes on after each fault, so that as much as possible is as before.
    void restore() {
        for (auto const& unit : journal_.previous)
            if (auto put = put_back_drop_in(on_, unit.name, unit.drop_in); !put)
                leave(
                    fmt::format("the drop-in of '{}' is not the previous one", unit.name),
                    put.error());
        // systemd refuses it when /run is full, which is no harm if it has never read our change.
        if (auto reloaded = on_.units.reload(); !reloaded && (reloaded_ || needs_reload()))
            leave("systemd has not read its unit files anew", reloaded.error());
        if (jobs_begun_)
            restore_units();
        restore_state();
    }

    bool needs_reload() {
        return std::any_of(
            journal_.previous.begin(), journal_.previous.end(), [&](previous_unit const& one) {
                auto const status = on_.units.status(one.name);
                return !status || status->need_daemon_reload;
            });
    }

    std::optional<std::string> previous_drop_in(checked_unit const& unit) const {
        auto const* const before = journal_.interrupted(unit.name);
        return before ? before->drop_in : unit.drop_in_now;
    }

    bool ran_before(checked_unit const& unit) const {
        auto const* const before = journal_.interrupted(unit.name);
        return before ? before->ran : is_up(unit.status);
    }

    void restore_units() {
        for (auto const& wave : waves_back()) {
            auto done = run_waves(
                on_, {wave}, options_.timeout, [&](host::unit_job const& job) { tell_job(job); },
                {});
            if (!done)
                leave("not every unit runs as before", done.error());
        }
        std::vector<expected_run> runs;
        for (auto const& unit : checked_.units)
            if (restarted(unit) && ran_before(unit)) {
                auto previous = unit;
                previous.drop_in_now = previous_drop_in(unit);
                runs.push_back(
                    {unit.name, unit.settle, text_before(previous), unit.after, {}, unit.shown});
            }
        if (auto settled = settle(on_, runs, {}); !settled)
            return leave("not every unit runs as before", settled.error());
        for (auto const& run : runs) {
            auto const found = prove_live(on_, run);
            auto const name = run.name;
            if (!found)
                leave(fmt::format("'{}' may not run what it ran before", name), found.error());
            else if (found->outcome == verdict::contradicted)
                leave(
                    fmt::format("'{}' does not run what it ran before", name),
                    fault(fmt::format("'{}': {}", name, found->show())));
        }
    }

    // What ran is restarted; what had failed or was starting over and over is stopped, because with
    // its previous configuration it would only fail again.
    std::vector<std::vector<host::unit_job>> waves_back() const {
        auto waves = job_waves(checked_.units);
        std::vector<host::unit_job> stops;
        for (auto& wave : waves)
            std::erase_if(wave, [&](host::unit_job const& job) {
                auto const unit = std::find_if(
                    checked_.units.begin(), checked_.units.end(),
                    [&](checked_unit const& one) { return one.name == job.unit; });
                if (unit == checked_.units.end() || ran_before(*unit))
                    return false;
                stops.push_back({host::job_kind::stop, job.unit});
                return true;
            });
        if (!stops.empty())
            waves.insert(waves.begin(), stops);
        std::erase_if(waves, [](auto const& wave) { return wave.empty(); });
        return waves;
    }

    void restore_state() {
        auto before = journal_;
        if (out_.left.empty()) {
            before.now = phase::applied;
            before.previous.clear();
            for (auto& unit : before.units)
                if (auto const status = on_.units.status(unit.name); status && status->active())
                    unit.invocation_id = status->invocation_id;
        }
        before.left = out_.left;
        auto const nothing = out_.left.empty() && before.units.empty() && before.overrides.empty();
        if (auto written = nothing ? clear_state(on_) : write_state(on_, before); !written)
            leave(fmt::format("'{}' is not up to date", on_.where.state()), written.error());
    }

    result<void> ask_stop() const {
        if (options_.stop_requested && options_.stop_requested())
            return fault("interrupted");
        return {};
    }

    void tell_job(host::unit_job const& job) {
        phases_.tell(describe(
            {job.kind == host::job_kind::stop    ? step_kind::stop
             : job.kind == host::job_kind::start ? step_kind::start
                                                 : step_kind::restart,
             job.unit}));
    }

    plan::activation_plan const& wanted_;
    apply_options const& options_;
    host::machine& on_;
    apply_outcome out_;
    checked_plan checked_;
    state journal_;
    bool jobs_begun_ = false;
    bool reloaded_ = false; // systemd has read the new drop-ins
    phases phases_{on_.time, options_.on_progress, out_.times};
};

} // namespace

apply_outcome
apply(plan::activation_plan const& wanted, apply_options const& options, host::machine& on) {
    return activation_run(wanted, options, on).run();
}

int exit_code(apply_result what) {
    switch (what) {
    case apply_result::done:
        return 0;
    case apply_result::refused:
        return 1;
    case apply_result::failed_restored:
        return 3;
    case apply_result::failed_left:
        return 4;
    }
    return 1;
}

} // namespace dynix::activation
