#include "dynix/activation/reset.hpp"

#include "dynix/activation/locks.hpp"
#include "dynix/activation/unit_operations.hpp"
#include "dynix/plan/plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <unistd.h>
#include <utility>

namespace dynix::activation {
namespace {

class reset_run {
  public:
    reset_run(reset_options const& options, host::machine& on) : options_(options), on_(on) {}

    apply_outcome run() {
        if (options_.require_root && !options_.dry_run && ::geteuid() != 0) {
            out_.errors.push_back(fault("only root can change units", "run the command as root"));
            return std::move(out_);
        }
        held_locks held;
        if (!options_.dry_run) {
            auto taken = take_locks(
                on_.where, !options_.switching, options_.lock_patience,
                [&](std::string const& holder) { phases_.wait_for(holder); });
            phases_.end_wait();
            if (taken) {
                held = std::move(*taken);
            } else if (options_.switching) {
                out_.warnings.push_back(taken.error().message);
            } else {
                out_.errors.push_back(taken.error());
                return std::move(out_);
            }
        }
        phases_.begin(apply_phase::check);
        auto found = find_units();
        phases_.end();
        if (!found) {
            out_.errors.push_back(found.error());
            return std::move(out_);
        }
        out_.steps = steps_of(units_);
        out_.result = apply_result::done;
        if (!options_.dry_run)
            carry_out();
        return std::move(out_);
    }

  private:
    // Every unit that the state or a drop-in names.
    result<void> find_units() {
        auto recorded = read_state(on_);
        // Without a readable state the drop-ins themselves tell which units to restart.
        if (!recorded)
            out_.warnings.push_back(fmt::format(
                "'{}' cannot be read, so only the drop-ins tell what to take back: {}",
                on_.where.state(), recorded.error().message));
        else if (*recorded)
            recorded_ = std::move(**recorded);
        auto with_drop_in = on_.files.units_with_drop_in(on_.where);
        if (!with_drop_in)
            return with_drop_in.error();
        std::set<std::string> names(with_drop_in->begin(), with_drop_in->end());
        for (auto const& unit : recorded_.units)
            if (!unit.drop_in.empty())
                names.insert(unit.name);
        for (auto const& unit : recorded_.previous)
            names.insert(unit.name);
        planned_.assign(names.begin(), names.end());
        // Those that were applied without a drop-in of their own, such as the service of a socket.
        for (auto const& unit : recorded_.units)
            planned_.push_back(unit.name);
        for (auto const& name : names)
            if (auto checked = check_unit(name); !checked)
                return checked.error();
        return {};
    }

    result<void> check_unit(std::string const& name) {
        checked_unit unit;
        unit.name = name;
        unit.rewrite = true;
        if (auto now = on_.files.read(on_.where.drop_in(name)))
            unit.drop_in_now = std::move(*now);
        auto const known = plan::check_unit_name(name);
        auto status = known ? on_.units.status(name) : result<host::unit_status>(known.error());
        if (!status) {
            if (known && !options_.switching)
                return status.error();
            // Its drop-in goes all the same.
            out_.warnings.push_back(status.error().message);
            units_.push_back(std::move(unit));
            return {};
        }
        unit.status = std::move(*status);
        unit.shown = shown_before(unit.status);
        // What is stopped while a switch runs is for the switch to start.
        auto const& recorded = options_.switching ? state() : recorded_;
        unit.change = change_for(unit.status, recorded);
        // A switch stops the services of a changed socket itself.
        if (unit.change == unit_change::restart) {
            auto stop_first = services_to_stop(unit.status, planned_, recorded, on_);
            if (stop_first)
                unit.stop_first = std::move(*stop_first);
            else
                out_.warnings.push_back(stop_first.error().message);
        }
        units_.push_back(std::move(unit));
        return {};
    }

    // By the files that systemd names; what it runs may be older when an activation was
    // interrupted.
    command_shown shown_before(host::unit_status const& status) const {
        if (recorded_.interrupted(status.name))
            return command_shown::unknown;
        units::unit_file running;
        auto paths = status.drop_in_paths;
        paths.insert(paths.begin(), status.fragment_path);
        for (auto const& path : paths) {
            auto const text = on_.files.read(path);
            auto const parsed = text && *text ? units::parse_unit(**text, path)
                                              : result<units::unit_file>(units::unit_file());
            if (!parsed)
                return command_shown::unknown;
            running.append(*parsed);
        }
        return shown_now(running, status, on_);
    }

    void carry_out() {
        phases_.begin(apply_phase::activate);
        // A full disk must not keep anyone from going back.
        if (!units_.empty())
            if (auto journaled = write_journal(); !journaled)
                out_.warnings.push_back(journaled.error().message);
        for (auto const& unit : units_) {
            out_.units.push_back({unit.name, unit.change, false, {}});
            if (auto gone = on_.files.remove(on_.where.drop_in(unit.name)); !gone)
                leave(unit.name, "still has its drop-in", gone.error());
        }
        if (!units_.empty())
            restart_units();
        phases_.end();
        if (out_.left.empty()) {
            phases_.begin(apply_phase::prove);
            prove_units();
            phases_.end();
        }
        record();
    }

    void restart_units() {
        phases_.tell(describe({step_kind::reload, {}}));
        if (auto reloaded = on_.units.reload(); !reloaded)
            return leave({}, "systemd has not read its unit files anew", reloaded.error());
        auto waves = job_waves(units_);
        for (auto& wave : waves) {
            // A unit that the switch has stopped meanwhile stays for the switch to start.
            for (auto& job : wave)
                if (job.kind == host::job_kind::restart && was_active(job.unit))
                    job.kind = host::job_kind::try_restart;
            auto const on_job = [&](host::unit_job const& job) {
                phases_.tell((job.kind == host::job_kind::stop ? "stop " : "restart ") + job.unit);
            };
            auto done = run_waves(on_, {wave}, options_.timeout, on_job, {});
            if (!done)
                trouble(
                    {}, "not every unit has started with its static configuration", done.error());
        }
        for (auto const& wave : waves)
            for (auto const& job : wave)
                for (auto& report : out_.units)
                    report.restarted = report.restarted || report.name == job.unit;
    }

    bool was_active(std::string const& name) const {
        return std::any_of(units_.begin(), units_.end(), [&](checked_unit const& unit) {
            return unit.name == name && unit.status.active();
        });
    }

    bool ran_before(checked_unit const& unit) const {
        auto const* const before = recorded_.interrupted(unit.name);
        return before ? before->ran : is_up(unit.status);
    }

    // The unit file is the static text now; it is compared with what ran before as far as known.
    void prove_units() {
        for (auto& report : out_.units) {
            if (!report.restarted)
                continue;
            auto const status = on_.units.status(report.name);
            auto const text = status ? on_.files.read(status->fragment_path)
                                     : result<std::optional<std::string>>(status.error());
            auto const wanted = text && *text ? units::parse_unit(**text, report.name)
                                              : result<units::unit_file>(units::unit_file());
            if (!status || !wanted || !status->active())
                continue;
            auto const unit =
                std::find_if(units_.begin(), units_.end(), [&](checked_unit const& one) {
                    return one.name == report.name;
                });
            auto found = prove_live(
                on_, {report.name, {}, *wanted, text_before(report.name), {}, unit->shown});
            if (!found)
                continue;
            report.proved = std::move(*found);
            // Other drop-ins may change what runs, so only what dynix itself left is a fault.
            if (report.proved.outcome == verdict::contradicted && status->drop_in_paths.empty())
                trouble(
                    report.name, "does not run its static configuration",
                    fault(fmt::format("'{}': {}", report.name, report.proved.show())));
        }
    }

    units::unit_file text_before(std::string const& name) const {
        for (auto const& unit : recorded_.units)
            if (unit.name == name)
                if (auto text = units::parse_unit(unit.dynamic_text, name))
                    return std::move(*text);
        return {};
    }

    // While a switch runs it reports units that do not start; it must not fail twice for them.
    void trouble(std::string const& unit, std::string_view what, error const& why) {
        if (options_.switching)
            out_.warnings.push_back(why.message);
        else
            leave(unit, what, why);
    }

    void leave(std::string const& unit, std::string_view what, error const& why) {
        out_.errors.push_back(why);
        out_.left.push_back(unit.empty() ? std::string(what) : fmt::format("'{}' {}", unit, what));
        out_.result = apply_result::failed_left;
    }

    void record() {
        if (out_.left.empty()) {
            if (auto cleared = clear_state(on_); !cleared)
                leave({}, fmt::format("'{}' is still there", on_.where.state()), cleared.error());
            if (auto unlinked = on_.files.remove(on_.where.applied()); !unlinked)
                out_.warnings.push_back(unlinked.error().message);
            return;
        }
        recorded_.left = out_.left;
        if (auto written = write_journal(); !written)
            out_.errors.push_back(written.error());
    }

    // By which the next reset or apply finds every unit again, should this one not come to its end.
    result<void> write_journal() {
        std::vector<previous_unit> previous;
        for (auto const& unit : units_)
            previous.push_back({unit.name, std::nullopt, ran_before(unit)});
        recorded_.now = phase::activating;
        recorded_.previous = std::move(previous);
        return write_state(on_, recorded_);
    }

    reset_options const& options_;
    host::machine& on_;
    apply_outcome out_;
    state recorded_;
    std::vector<std::string> planned_;
    std::vector<checked_unit> units_;
    phases phases_{on_.time, options_.on_progress, out_.times};
};

} // namespace

apply_outcome reset(reset_options const& options, host::machine& on) {
    return reset_run(options, on).run();
}

} // namespace dynix::activation
