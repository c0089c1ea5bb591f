#include "dynix/activation/apply.hpp"

#include "dynix/activation/applied_state.hpp"
#include "dynix/activation/as_before.hpp"
#include "dynix/activation/journal.hpp"
#include "dynix/activation/locks.hpp"
#include "dynix/activation/record/confirmation.hpp"
#include "dynix/activation/record/kept_closure.hpp"
#include "dynix/activation/restore.hpp"
#include "dynix/activation/steps/health_checks.hpp"
#include "dynix/activation/steps/programme.hpp"
#include "dynix/activation/steps/reload.hpp"
#include "dynix/activation/steps/transaction.hpp"
#include "dynix/activation/steps/unit_operations.hpp"
#include "dynix/activation/steps/unit_states.hpp"
#include "dynix/activation/unchanged.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace dynix::activation {
namespace {

class activation_run {
  public:
    activation_run(
        plan::activation_plan const& wanted, apply_options const& options, host::machine& host)
        : wanted_(wanted), options_(options), host_(host) {}

    apply_outcome run() {
        held_locks held;
        if (!options_.dry_run) {
            if (auto good = options_.require_root ? check_root() : result<void>(); !good)
                return refused(good.error());
            auto taken = take_locks(host_.where, true, options_.lock_patience, phases_);
            if (!taken)
                return refused(taken.error());
            held = std::move(*taken);
            if (auto free = options_.with ? options_.with->on_locked() : check_none_waits(host_);
                !free)
                return refused(free.error());
        }
        phases_.begin(apply_phase::check);
        check_plan();
        phases_.end();
        out_.verify = wanted_.verify;
        out_.rests_on = wanted_.rests_on;
        out_.by_slice = wanted_.by_slice;
        out_.leaks = wanted_.leaks;
        if (out_.errors.empty() && options_.dry_run && out_.steps.empty())
            look_at_unchanged();
        if (out_.errors.empty() && options_.dry_run)
            out_.result = apply_result::done;
        else if (out_.errors.empty())
            carry_out();
        out_.steps.insert(out_.steps.begin(), looks_.begin(), looks_.end());
        for (auto const& unit : checked_.units)
            out_.units.push_back(report_of(unit));
        if (!options_.dry_run)
            out_.unplanned = unplanned_changes(
                checked_.runs, checked_names(), out_.foreseen, host_.units, out_.warnings);
        if (!options_.dry_run && options_.with)
            options_.with->on_end(out_);
        return std::move(out_);
    }

  private:
    // Else it would take back what somebody has applied since the choice was made.
    result<void> check_on_top() const {
        auto const* const now = checked_.recorded ? &*checked_.recorded : nullptr;
        if (!options_.on_top_of || fingerprint_of(now) == *options_.on_top_of)
            return {};
        return make_error(
            "something else has been applied, or taken back, since the entries were chosen",
            "run the command again: it begins with what is applied then");
    }

    apply_outcome refused(error why) {
        out_.errors.push_back(std::move(why));
        return std::move(out_);
    }

    std::vector<std::string> checked_names() const {
        std::vector<std::string> names;
        for (auto const& unit : checked_.units)
            names.push_back(unit.name);
        return names;
    }

    void check_plan() {
        checked_ = check(wanted_, {options_.allow_leak, options_.way}, host_);
        if (auto same = check_on_top(); !same)
            checked_.refusals.push_back(same.error());
        out_.warnings = checked_.warnings;
        out_.steps = std::move(checked_.steps);
        out_.foreseen = std::move(checked_.unplanned);
        out_.errors = std::move(checked_.refusals);
    }

    // Commands that look before the change. They may take a while, so that all else is checked
    // again after them. False: nothing may be changed.
    bool look_before_change() {
        auto looks =
            look_first(out_.steps, checked_.units, host_, phases_, options_.stop_requested);
        looks_ = std::move(looks.steps);
        out_.errors = std::move(looks.failures);
        if (!looks_.empty() && out_.errors.empty()) {
            auto const units = std::move(checked_.units);
            check_plan();
            keep_checks(units, checked_.units, out_.steps);
        }
        out_.warnings.insert(out_.warnings.end(), looks.warnings.begin(), looks.warnings.end());
        return out_.errors.empty();
    }

    unit_report report_of(checked_unit const& unit) const {
        return {
            unit.name,
            unit.change,
            job_begun(out_.steps, unit.name) || job_begun(out_.restore_steps, unit.name),
            reload_begun(out_.steps, unit.name) || reload_begun(out_.restore_steps, unit.name),
            unit.proved,
            looked_at_unchanged_ ? why_not_as_planned(unit) : std::string()};
    }

    void carry_out() {
        if (out_.steps.empty()) {
            // The overrides may have other numbers or messages than the ones recorded.
            look_at_unchanged();
            if (auto recorded = record(); !recorded)
                out_.errors.push_back(recorded.error());
            else
                out_.result = apply_result::done;
            return;
        }
        if (options_.stop_requested && options_.stop_requested()) {
            out_.errors.push_back(make_error("interrupted"));
            return;
        }
        if (auto outlives = check_not_within(host_, out_.steps); !outlives) {
            out_.errors.push_back(outlives.error());
            return;
        }
        if (!look_before_change())
            return;
        auto const recorded = checked_.recorded.value_or(state());
        if (options_.with)
            if (auto ready = options_.with->before_change(recorded, checked_.units); !ready) {
                out_.errors.push_back(ready.error());
                return;
            }
        journal_ = journal_of(recorded, checked_.units);
        if (auto journaled = write_state(host_, journal_); !journaled) {
            out_.errors.push_back(journaled.error());
            return;
        }
        std::vector<error> failures;
        transaction forth(host_, phases_, checked_.units, rules_of_apply(failures));
        forth.run(std::move(out_.steps));
        out_.steps = forth.past();
        warn_of_fallbacks(out_.steps, out_.warnings);
        phases_.enter(apply_phase::prove);
        // Each was proved while others were still waited for.
        if (failures.empty())
            for (auto& one : find_ended(checked_.units, host_))
                failures.push_back(std::move(one.why));
        if (failures.empty())
            if (auto same = check_still_loaded(checked_.units, host_); !same)
                failures.push_back(same.error());
        if (failures.empty() && options_.with)
            if (auto ready = options_.with->on_proved(); !ready)
                failures.push_back(ready.error());
        if (failures.empty())
            if (auto written = record(); !written)
                failures.push_back(written.error());
        phases_.end();
        if (failures.empty())
            out_.result = apply_result::done;
        else
            fail(std::move(failures));
    }

    transaction_rules rules_of_apply(std::vector<error>& failures) {
        transaction_rules rules;
        rules.timeout = options_.timeout;
        rules.strict = true;
        rules.stop_requested = options_.stop_requested;
        rules.on_failure = [&failures](step const&, error const& why) {
            failures.push_back(why);
            return false;
        };
        rules.on_change = [this](checked_unit const& unit) {
            note_start(journal_, unit);
            return write_state(host_, journal_);
        };
        return rules;
    }

    // Units that need no change: what they run is reported, and only that.
    void look_at_unchanged() {
        phases_.begin(apply_phase::prove);
        auto warnings = prove_unchanged(checked_, host_);
        std::ranges::move(warnings, std::back_inserter(out_.warnings));
        phases_.end();
        looked_at_unchanged_ = true;
    }

    result<void> record() {
        auto const now = state_applied(wanted_, options_, checked_, host_);
        if (!now)
            return now.error();
        if (auto written = write_state(host_, *now); !written)
            return written.error();
        if (auto kept = keep_closure(
                options_.plan_path, host_.where.applied(), host_.where.gc_root(), host_);
            !kept)
            out_.warnings.push_back(
                "the applied script may be garbage collected: " + kept.error().message);
        return {};
    }

    void fail(std::vector<error> why) {
        out_.errors = std::move(why);
        out_.result = apply_result::failed_left;
        if (options_.restore) {
            phases_.begin(apply_phase::restore);
            restore();
            name_what_differs();
            name_what_began();
        } else {
            out_.left = not_as_before(journal_.previous, host_);
        }
        restore_state();
        phases_.end();
        if (out_.left.empty())
            out_.result = apply_result::failed_restored;
    }

    void leave(std::string const& what, error const& why, std::string const& more = {}) {
        out_.errors.push_back(why);
        // Once is enough, however many errors say so: what does not start does not stay up either.
        if (std::none_of(out_.left.begin(), out_.left.end(), [&](std::string const& line) {
                return line.starts_with(what);
            }))
            out_.left.push_back(what + more);
    }

    // By a look at each unit, besides what a step of the restore said of it.
    void name_what_differs() {
        for (auto const& unit : journal_.previous) {
            auto const quoted = fmt::format("'{}'", unit.name);
            auto const named =
                std::any_of(out_.left.begin(), out_.left.end(), [&](std::string const& line) {
                    return line.starts_with(quoted);
                });
            if (!named)
                for (auto& line : not_as_before({unit}, host_, unreadable::is_back))
                    out_.left.push_back(std::move(line));
        }
        for (auto const& unit : checked_.units) {
            auto const* const before = journal_.interrupted(unit.name);
            bool const comes_back = before && (before->ran || before->waited);
            if (unit.change == &changes::restart && !is_up(unit.status) && !comes_back &&
                job_begun(out_.steps, unit.name))
                out_.warnings.push_back(fmt::format(
                    "'{}' was {} ({}) before, and is stopped now", unit.name,
                    unit.status.active_state, unit.status.sub_state));
        }
    }

    // Nobody restarts a unit that runs on by its own word, nor one of these that was started while
    // its files were the planned ones.
    void name_what_began() {
        for (auto const& unit : checked_.units) {
            if (unit.change != &changes::leave || !journal_.interrupted(unit.name))
                continue;
            auto now = host_.units.status(unit.name);
            if (!now || !is_up(*now) || now->invocation_id == unit.status.invocation_id)
                continue;
            auto const found =
                prove_live(host_, {unit.name, {}, unit.running, unit.after, {}, unit.shown}, *now);
            if (!found || found->outcome == verdict::contradicted)
                out_.left.push_back(fmt::format(
                    "'{}': it was started meanwhile and does not run as before, and by its own "
                    "word it is not restarted: 'systemctl restart {}' would",
                    unit.name, unit.name));
            else if (found->outcome != verdict::proven)
                out_.warnings.push_back(fmt::format(
                    "'{}' was started meanwhile, and whether it runs as before cannot be seen; "
                    "'systemctl restart {}' would make sure",
                    unit.name, unit.name));
        }
    }

    // Goes on after each fault, so that as much as possible is as before.
    void restore() {
        // A reload may have been done before a connection broke.
        bool const reloaded =
            std::any_of(out_.steps.begin(), out_.steps.end(), [&](step const& one) {
                return one.kind == &steps::reload &&
                       (one.mark == step_mark::done ||
                        (one.mark == step_mark::failed && !needs_reload(journal_, host_)));
            });
        auto units = units_back({checked_, out_.steps, journal_}, host_);
        transaction_rules rules;
        rules.timeout = options_.timeout;
        rules.on_failure = [&](step const& failed, error const& why) {
            auto const left = left_by(failed, &left_behind::by_restore);
            if (!left.empty() && !is_harmless(failed, units, reloaded))
                leave(left, why, failed.kind->job || failed.kind->proves ? ": " + why.message : "");
            return true;
        };
        transaction back(host_, phases_, units, std::move(rules));
        back.run(steps_of(units));
        out_.restore_steps = back.past();
        warn_of_fallbacks(out_.restore_steps, out_.warnings);
        if (out_.left.empty())
            for (auto& one : out_.steps)
                if (one.mark == step_mark::done)
                    one.mark = step_mark::undone;
    }

    bool
    is_harmless(step const& failed, std::vector<checked_unit> const& units, bool reloaded) const {
        // systemd refuses it when /run is full, which is no harm if it has never read our change.
        if (failed.kind == &steps::reload)
            return !reloaded && !needs_reload(journal_, host_);
        return failed.kind->job &&
               std::any_of(units.begin(), units.end(), [&](checked_unit const& unit) {
                   return unit.name == failed.unit && unit.may_fail;
               });
    }

    void restore_state() {
        auto before = journal_;
        if (out_.left.empty()) {
            before.now = record_state::applied;
            before.previous.clear();
            for (auto& unit : before.units)
                if (auto const status = host_.units.status(unit.name); status && status->active())
                    unit.invocation_id = status->invocation_id;
        }
        before.left = out_.left;
        auto const nothing = out_.left.empty() && before.units.empty() && before.overrides.empty();
        if (auto written = nothing ? clear_state(host_) : write_state(host_, before); !written)
            leave(fmt::format("'{}' is not up to date", host_.where.state()), written.error());
    }

    plan::activation_plan const& wanted_;
    apply_options const& options_;
    host::machine& host_;
    apply_outcome out_;
    checked_plan checked_;
    std::vector<step> looks_; // those that were carried out before the change
    state journal_;
    bool looked_at_unchanged_ = false;
    phases phases_{host_.time, options_.on_progress, out_.times};
};

} // namespace

apply_outcome
apply(plan::activation_plan const& wanted, apply_options const& options, host::machine& host) {
    return activation_run(wanted, options, host).run();
}

exit_code exit_code_of(apply_result what) {
    switch (what) {
    case apply_result::done:
        return exit_code::done;
    case apply_result::refused:
        return exit_code::refused;
    case apply_result::failed_restored:
        return exit_code::failed_restored;
    case apply_result::failed_left:
        break;
    }
    return exit_code::failed_left;
}

} // namespace dynix::activation
