#include "dynix/activation/reset.hpp"

#include "dynix/activation/journal.hpp"
#include "dynix/activation/locks.hpp"
#include "dynix/activation/record/own_record.hpp"
#include "dynix/activation/running_texts.hpp"
#include "dynix/activation/steps/file_links.hpp"
#include "dynix/activation/steps/programme.hpp"
#include "dynix/activation/steps/reload.hpp"
#include "dynix/activation/steps/restart_policy.hpp"
#include "dynix/activation/steps/transaction.hpp"
#include "dynix/activation/steps/unit_operations.hpp"
#include "dynix/activation/steps/unit_states.hpp"
#include "dynix/plan/plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace dynix::activation {
namespace {

class reset_run {
  public:
    reset_run(reset_options const& options, host::machine& host) : options_(options), host_(host) {}

    apply_outcome run() {
        held_locks held;
        if (!options_.dry_run) {
            auto good = options_.require_root ? check_root() : result<void>();
            if (!good)
                return refused(good.error());
            auto taken =
                take_locks(host_.where, !options_.switching, options_.lock_patience, phases_);
            if (taken)
                held = std::move(*taken);
            else if (options_.switching)
                out_.warnings.push_back(taken.error().message);
            else
                return refused(taken.error());
            if (options_.with)
                if (auto free = options_.with->on_locked(); !free)
                    return refused(free.error());
        }
        phases_.begin(apply_phase::check);
        auto found = find_units();
        phases_.end();
        if (!found)
            return refused(found.error());
        out_.steps = steps_of(units_);
        if (!options_.dry_run)
            if (auto outlives = check_not_within(host_, out_.steps); !outlives)
                return refused(outlives.error());
        if (!out_.steps.empty())
            look_around();
        if (!out_.errors.empty())
            return std::move(out_);
        out_.result = apply_result::done;
        if (!options_.dry_run)
            carry_out();
        for (auto const& unit : units_)
            out_.units.push_back(
                {unit.name, unit.change, job_begun(out_.steps, unit.name),
                 reload_begun(out_.steps, unit.name), unit.proved});
        if (!options_.dry_run)
            out_.unplanned =
                unplanned_changes(runs_, planned(), out_.foreseen, host_.units, out_.warnings);
        if (!options_.dry_run && options_.with)
            options_.with->on_end(out_);
        return std::move(out_);
    }

  private:
    apply_outcome refused(error why) {
        out_.errors.push_back(std::move(why));
        return std::move(out_);
    }

    // Those that are taken back, and those that were applied without a drop-in of their own, such
    // as the service of a socket.
    std::vector<std::string> planned() const {
        std::vector<std::string> names;
        for (auto const& unit : units_)
            names.push_back(unit.name);
        for (auto const& unit : recorded_.units)
            if (!stays(unit.name))
                names.push_back(unit.name);
        return names;
    }

    bool stays(std::string const& unit) const {
        return stays_ && std::any_of(
                             stays_->units.begin(), stays_->units.end(),
                             [&](applied_unit const& one) { return one.name == unit; });
    }

    // What systemd's transactions would do besides. A switch goes on all the same.
    void look_around() {
        auto const refuse = [&](error why) {
            if (options_.switching)
                out_.warnings.push_back(std::move(why.message));
            else
                out_.errors.push_back(std::move(why));
        };
        auto found =
            unplanned_units(jobs_of(out_.steps), planned(), host_.units, {}, direction::back);
        if (!found)
            return refuse(found.error());
        for (auto& one : *found) {
            auto const goes_down =
                one.effect == unplanned_effect::stop || one.effect == unplanned_effect::restart;
            // What a switch has stopped is for it to start.
            if (one.harmless.empty() && (goes_down || !options_.switching))
                refuse(unplanned_refusal(one));
            else if (!one.harmless.empty())
                out_.foreseen.push_back(std::move(one));
        }
        // Meanwhile a switch changes whatever it has to change.
        if (options_.switching)
            return;
        auto runs = host_.units.runs();
        if (!runs)
            return refuse(runs.error());
        runs_ = std::move(*runs);
    }

    // Every unit that the state or a drop-in names.
    result<void> find_units() {
        auto recorded = read_state(host_);
        // Without a readable state the drop-ins themselves tell which units to restart.
        damaged_ = !recorded;
        if (damaged_)
            out_.warnings.push_back(fmt::format(
                "'{}' cannot be read, so only the drop-ins tell what to take back: {}",
                host_.where.state(), one_line(recorded.error())));
        else if (*recorded)
            recorded_ = std::move(**recorded);
        // What was between two states is not for anybody to keep.
        if (recorded && *recorded && recorded_.now == record_state::applied)
            stays_ = options_.stays;
        auto with_drop_in = host_.files.units_with_drop_in(host_.where);
        if (!with_drop_in)
            return with_drop_in.error();
        std::set<std::string> names(with_drop_in->begin(), with_drop_in->end());
        for (auto const& unit : recorded_.units)
            if (!unit.drop_in.empty())
                names.insert(unit.name);
        for (auto const& unit : recorded_.previous)
            names.insert(unit.name);
        std::erase_if(names, [&](std::string const& name) { return stays(name); });
        for (auto const& name : names)
            if (auto checked = check_unit(name); !checked)
                return checked.error();
        for (auto const& service : stopped_services(units_))
            if (!names.contains(service))
                if (auto added = add_without_drop_in(service); !added)
                    return added.error();
        if (auto added = add_what_stops_along(); !added)
            return added.error();
        auto running = units_.empty() ? result<void>() : check_running(host_);
        // A switch goes on whatever comes.
        if (!running && options_.switching) {
            out_.warnings.push_back(running.error().message);
            return {};
        }
        return running;
    }

    result<void> check_unit(std::string const& name) {
        checked_unit unit;
        unit.name = name;
        unit.rewrite = true;
        unit.settle = settle_of(name);
        if (auto now = host_.files.read(host_.where.drop_in(name)))
            unit.drop_in_now = std::move(*now);
        unit.links_now = links_before(name, unit.drop_in_now, recorded_);
        auto const known = plan::check_unit_name(name);
        auto status = known ? host_.units.status(name) : result<host::unit_status>(known.error());
        if (!status) {
            if (known && !options_.switching)
                return status.error();
            // Its drop-in goes all the same.
            out_.warnings.push_back(status.error().message);
            units_.push_back(std::move(unit));
            return {};
        }
        unit.status = std::move(*status);
        unit.keeps_restarting = keeps_restarting(unit.status, unit.settle, host_.time.now());
        read_running_texts(unit, recorded_, host_);
        // What is stopped while a switch runs is for the switch to start.
        auto const& recorded = options_.switching ? state() : recorded_;
        unit.change = change_for(unit.status, recorded);
        // A unit that the switch has stopped meanwhile stays for the switch to start.
        unit.unless_stopped = unit.status.active();
        if (unit.change == &changes::restart)
            respect_own_word(unit);
        if (unit.change->begins)
            if (auto possible = check_can_start(unit.status); !possible)
                leave_running(unit, possible.error());
        if (unit.change == &changes::restart) {
            // Their socket cannot be restarted beside them, so they stop first and start last.
            auto const services = services_to_stop(unit.status, recorded, host_);
            if (!services && !options_.switching)
                return services.error();
            if (!services)
                out_.warnings.push_back(services.error().message);
            else
                for (auto const& service : *services)
                    unit.stop_first.push_back(service.name);
        }
        units_.push_back(std::move(unit));
        return {};
    }

    // What a switch does not restart runs on; without one, who asked for the reset has to stop it.
    void respect_own_word(checked_unit& unit) {
        unit.change = change_by_own_word(unit);
        if (unit.change == &changes::leave && never_had_override(unit, recorded_)) {
            unit.change = &changes::none;
            return;
        }
        auto const why = why_kept_running(unit);
        auto const allowed = check_own_word(unit, change_for_what::reset);
        if (!allowed && !options_.switching) {
            out_.errors.push_back(allowed.error());
        } else if (!allowed && why) {
            unit.change = &changes::leave;
            out_.warnings.push_back(fmt::format(
                "'{}' {}, and runs with the override until it is restarted", unit.name, *why));
        }
    }

    // One that would go down for good.
    void leave_running(checked_unit& unit, error const& why) {
        if (!options_.switching) {
            out_.errors.push_back(why);
            return;
        }
        unit.change = &changes::leave;
        out_.warnings.push_back(
            fmt::format("{}; it runs with the override until it is stopped", why.message));
    }

    // What was applied without a drop-in and goes down with a unit that is taken back has to come
    // up again, too.
    result<void> add_what_stops_along() {
        std::set<std::string> added;
        for (auto const& unit : recorded_.units)
            if (!stays(unit.name) &&
                std::ranges::find(units_, unit.name, &checked_unit::name) == units_.end()) {
                auto good = add_without_drop_in(unit.name);
                if (good)
                    added.insert(unit.name);
                else if (!options_.switching)
                    return good;
            }
        restart_what_stops_along(units_, options_.switching);
        if (!options_.switching)
            for (auto& refused : check_stops_along(units_, change_for_what::reset))
                out_.errors.push_back(std::move(refused));
        std::erase_if(units_, [&](checked_unit const& unit) {
            return added.contains(unit.name) && unit.change == &changes::none;
        });
        return {};
    }

    // Such as a service whose socket has one.
    result<void> add_without_drop_in(std::string const& name) {
        auto status = host_.units.status(name);
        if (!status)
            return status.error();
        checked_unit unit;
        unit.name = name;
        unit.status = std::move(*status);
        unit.settle = settle_of(name);
        unit.unless_stopped = unit.status.active();
        read_running_texts(unit, recorded_, host_);
        units_.push_back(std::move(unit));
        return {};
    }

    // As the plan had it, or the module's default.
    host::milliseconds settle_of(std::string const& name) const {
        for (auto const& unit : recorded_.units)
            if (unit.name == name)
                return unit.settle;
        return applied_unit().settle;
    }

    void carry_out() {
        phases_.begin(apply_phase::activate);
        if (damaged_)
            if (auto moved = set_record_aside(host_, host_.where.state()); !moved)
                out_.warnings.push_back(moved.error().message);
        // A full disk must not keep anyone from going back.
        if (!units_.empty())
            if (auto journaled = write_journal(); !journaled)
                out_.warnings.push_back(journaled.error().message);
        transaction_rules rules;
        rules.timeout = options_.timeout;
        rules.on_failure = [&](step const& failed, error const& why) {
            if (auto left = left_by(failed, &left_behind::by_reset); !left.empty())
                leave(std::move(left), why);
            return !failed.kind->needed;
        };
        rules.on_change = [&](checked_unit const& unit) {
            note_start(recorded_, unit);
            if (auto written = write_state(host_, recorded_); !written)
                out_.warnings.push_back(written.error().message);
            return result<void>();
        };
        transaction work(host_, phases_, units_, std::move(rules));
        work.run(std::move(out_.steps));
        out_.steps = work.past();
        warn_of_fallbacks(out_.steps, out_.warnings);
        phases_.enter(apply_phase::prove);
        look_at_the_end();
        if (!options_.switching)
            name_what_hides(units_, recorded_, host_);
        record();
        phases_.end();
    }

    // Each was proved while others were still waited for.
    void look_at_the_end() {
        for (auto const& ended : find_ended(units_, host_)) {
            for (auto& one : out_.steps)
                if (one.kind->proves && one.unit == ended.unit)
                    one.fail(ended.why);
            leave(fmt::format("'{}' does not run its static configuration", ended.unit), ended.why);
        }
    }

    bool is_failing(host::unit_status const& now) const {
        return !is_up(now) || keeps_restarting(now, settle_of(now.name), host_.time.now());
    }

    void leave(std::string what, error const& why) {
        out_.errors.push_back(why);
        // Once is enough: what does not start does not stay up either.
        if (std::ranges::find(out_.left, what) == out_.left.end())
            out_.left.push_back(std::move(what));
        out_.result = apply_result::failed_left;
    }

    void record() {
        if (out_.left.empty() && stays_) {
            if (auto written = write_state(host_, *stays_); !written)
                leave(fmt::format("'{}' is not up to date", host_.where.state()), written.error());
            return;
        }
        if (out_.left.empty()) {
            if (auto cleared = clear_state(host_); !cleared)
                leave(fmt::format("'{}' is still there", host_.where.state()), cleared.error());
            if (auto unlinked = host_.files.remove(host_.where.applied()); !unlinked)
                out_.warnings.push_back(unlinked.error().message);
            return;
        }
        recorded_.left = out_.left;
        // What was started and fails by itself is not for the next apply to start, once it is
        // stopped.
        for (auto const& one : out_.steps)
            if (one.kind->proves && one.mark == step_mark::failed)
                if (auto const now = host_.units.status(one.unit); now && is_failing(*now))
                    for (auto& unit : recorded_.previous)
                        if (unit.name == one.unit)
                            unit.ran = unit.waited = false;
        if (auto written = write_state(host_, recorded_); !written)
            out_.errors.push_back(written.error());
    }

    // By which the next reset or apply finds every unit again, should this one not come to its end;
    // what it would restore is the static configuration.
    result<void> write_journal() {
        recorded_ = journal_of(std::move(recorded_), units_);
        for (auto& one : recorded_.previous)
            one.drop_in.reset();
        return write_state(host_, recorded_);
    }

    reset_options const& options_;
    host::machine& host_;
    apply_outcome out_;
    state recorded_;
    bool damaged_ = false; // the state file could not be read
    std::optional<state> stays_;
    std::vector<checked_unit> units_;
    std::vector<host::unit_run> runs_;
    phases phases_{host_.time, options_.on_progress, out_.times};
};

} // namespace

apply_outcome reset(reset_options const& options, host::machine& host) {
    return reset_run(options, host).run();
}

} // namespace dynix::activation
