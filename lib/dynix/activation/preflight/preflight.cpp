#include "dynix/activation/preflight/preflight.hpp"

#include "dynix/activation/preflight/drift.hpp"
#include "dynix/activation/preflight/hidden.hpp"
#include "dynix/activation/preflight/reach.hpp"
#include "dynix/activation/preflight/unit_layers.hpp"
#include "dynix/activation/preflight/unreadable.hpp"
#include "dynix/activation/proof/proof.hpp"
#include "dynix/activation/steps/file_links.hpp"
#include "dynix/activation/steps/programme.hpp"
#include "dynix/activation/steps/reload.hpp"
#include "dynix/activation/steps/restart_policy.hpp"
#include "dynix/activation/steps/unit_states.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace dynix::activation {
namespace {

result<void> check_status(host::unit_status const& status, std::string const& asked_for) {
    auto const refuse = [&](std::string_view why, std::string_view what_to_do) -> result<void> {
        return make_error(fmt::format("'{}' {}", asked_for, why), std::string(what_to_do));
    };
    if (status.load_state == "not-found")
        return refuse(
            "is not a unit of the running system",
            "enable the service in the static configuration and switch: 'nixos-rebuild switch'");
    if (status.load_state == "masked")
        return refuse("is masked", "unmask it: 'systemctl unmask'");
    if (!status.loaded())
        return refuse(
            fmt::format("is not loaded by systemd: {}", status.load_state),
            fmt::format("look at 'systemctl status {}'", asked_for));
    if (status.name != asked_for)
        return refuse(
            fmt::format("is an alias of '{}'", status.name),
            fmt::format("name '{}' in the service's units", status.name));
    if (status.transient)
        return refuse("is a transient unit, which has no file to add to", "");
    return {};
}

bool names(std::vector<std::string> const& all, std::string const& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
}

class checker {
  public:
    checker(plan::activation_plan const& wanted, check_options const& options, host::machine& host)
        : wanted_(wanted), options_(options), host_(host) {}

    checked_plan run() {
        for (auto const& problem : wanted_.problems)
            // An assertion may fail without any override, when the configuration has changed since.
            out_.refusals.push_back(make_error(
                problem, "change or undo the override that causes it: 'dynix undo'; if none does, "
                         "change the configuration"));
        out_.warnings = wanted_.warnings;
        check_leaks();
        auto recorded = read_state(host_);
        if (!recorded)
            out_.refusals.push_back(recorded.error());
        else
            out_.recorded = std::move(*recorded);
        for (auto const& service : wanted_.services)
            for (auto const& unit : service.units)
                planned_names_.push_back(unit.name);
        auto const loaded = host_.units.loaded_units();
        auto statuses = host_.units.statuses(planned_names_);
        auto status = statuses.begin();
        for (auto const& service : wanted_.services)
            for (auto const& unit : service.units)
                keep(check_planned(unit, service.settle, std::move(*status++)));
        // Of a configuration that imports the dynamic file, the problem is that.
        if (!drifted_.empty() && !wanted_.imported)
            out_.refusals.push_back(refuse_drift(drifted_, host_));
        if (auto none = reaches_nothing(wanted_); !none.empty())
            out_.warnings.push_back(std::move(none));
        check_unreadable(out_, host_);
        check_no_longer_planned();
        if (auto running = check_running(host_); !running)
            out_.refusals.push_back(running.error());
        restart_what_stops_along(out_.units);
        for (auto& refused : check_stops_along(out_.units, change_for_what::apply))
            out_.refusals.push_back(std::move(refused));
        auto steps = steps_of(out_.units);
        if (!steps.empty())
            check_unplanned(steps, loaded);
        if (out_.refusals.empty())
            out_.steps = std::move(steps);
        return std::move(out_);
    }

  private:
    void check_leaks() {
        if (wanted_.leaks.empty())
            return;
        if (!options_.allow_leak) {
            out_.refusals.push_back(plan::leak_refusal(wanted_));
            return;
        }
        for (auto const& one : wanted_.leaks)
            out_.warnings.push_back(
                fmt::format("left as it is, though a rebuild would not: {}", describe(one)));
    }

    void keep(result<checked_unit> unit) {
        if (unit)
            out_.units.push_back(std::move(*unit));
        else
            out_.refusals.push_back(unit.error());
    }

    result<checked_unit> check_planned(
        plan::planned_unit const& planned, host::milliseconds settle,
        result<host::unit_status> status) {
        checked_unit unit;
        unit.name = planned.name;
        unit.settle = settle;
        unit.static_text = planned.static_text;
        unit.dynamic_text = planned.dynamic_text;
        unit.checks = planned.checks;
        if (!status)
            return status.error();
        unit.status = std::move(*status);
        if (auto good = check_status(unit.status, planned.name); !good)
            return good.error();
        auto layers = read_layers(unit.status, planned.static_text, planned.dynamic_text, host_);
        if (!layers)
            return layers.error();
        if (layers->drift) {
            drifted_.push_back(std::move(*layers->drift));
            return unit;
        }
        if (auto drift = file_drift(planned, host_); !drift)
            return drift.error();
        else if (*drift) {
            drifted_.push_back(std::move(**drift));
            return unit;
        }
        auto const not_hidden = check_hidden(*layers, unit.name, host_.live);
        unit.texts = std::move(layers->texts);
        unit.before = std::move(layers->below_static);
        unit.after = std::move(layers->below_dynamic);
        add_links(unit.after, planned);
        unit.wanted = units::make_drop_in(unit.before, unit.after);
        if (!unit.wanted.refusals.empty())
            return units::refused(planned.name, unit.wanted.refusals);
        if (!not_hidden)
            return not_hidden.error();
        return decide(std::move(unit));
    }

    // Sets what will happen to the unit.
    result<checked_unit> decide(checked_unit unit) {
        auto now = host_.files.read(host_.where.drop_in(unit.name));
        if (!now)
            return now.error();
        unit.drop_in_now = std::move(*now);
        unit.running = with(unit, unit.drop_in_now);
        auto const in_place = find_links(unit, out_.recorded.value_or(state()), host_);
        if (!in_place)
            return in_place.error();
        if (out_.recorded)
            for (auto const& text : drop_ins_before(unit.name, *out_.recorded))
                unit.may_run.push_back(with(unit, text));
        unit.shown = shown_before(unit);
        unit.keeps_restarting = keeps_restarting(unit.status, unit.settle, host_.time.now());
        unit.rewrite = unit.wanted.text.empty() ? unit.drop_in_now.has_value()
                                                : unit.drop_in_now != unit.wanted.text;
        if (!unit.rewrite && *in_place && !uncertain(unit))
            return unit;
        auto const recorded = out_.recorded.value_or(state());
        unit.change = change_for(unit.status, recorded);
        if (unit.change == &changes::restart)
            unit.change = change_by_own_word(unit);
        if (auto allowed = check_own_word(unit, change_for_what::apply); !allowed)
            return allowed.error();
        if (unit.change->begins)
            if (auto possible = check_can_start(unit.status); !possible)
                return possible.error();
        if (unit.change == &changes::restart) {
            auto const services = services_to_stop(unit.status, recorded, host_);
            if (!services)
                return services.error();
            for (auto const& service : *services) {
                if (!names(planned_names_, service.name))
                    return not_in_plan(unit.name, service.name);
                unit.stop_first.push_back(service.name);
            }
        }
        return unit;
    }

    static units::unit_file
    with(checked_unit const& unit, std::optional<std::string> const& drop_in) {
        auto text = unit.before;
        if (drop_in)
            if (auto const parsed = units::parse_unit(*drop_in, unit.name))
                text.append(*parsed);
        return text;
    }

    command_shown shown_before(checked_unit const& unit) {
        auto const shown = shown_now(unit.running, unit.status, host_);
        // After an interrupted activation the process may be older than the drop-in.
        return shown == command_shown::no && !unit.may_run.empty()
                   ? shown_now(unit.may_run.front(), unit.status, host_)
                   : shown;
    }

    // What systemd's transactions would do besides, and what its reload would. `loaded`: the units
    // when the planned ones were looked at.
    void check_unplanned(
        std::vector<step> const& steps, result<std::vector<std::string>> const& loaded) {
        std::map<std::string_view, host::unit_status const*> planned;
        std::vector<std::string> names;
        names.reserve(out_.units.size());
        for (auto const& unit : out_.units) {
            planned[unit.name] = &unit.status;
            names.push_back(unit.name);
        }
        auto runs = host_.units.runs(names);
        if (runs)
            for (auto& one : *runs)
                if (auto const unit = planned.find(one.name); unit != planned.end())
                    one.files = files_of(*unit->second);
        auto const changed = runs ? host_.units.changed_files_among(*runs)
                                  : result<std::vector<std::string>>(runs.error());
        if (!changed) {
            out_.refusals.push_back(changed.error());
            return;
        }
        auto const jobs = jobs_of(steps);
        std::vector<host::unit_relations> known;
        known.reserve(out_.units.size());
        // A unit that has come since then may depend on them.
        if (loaded && have_names(*runs, *loaded))
            for (auto const& unit : out_.units)
                if (std::ranges::none_of(jobs, [&](host::unit_job const& job) {
                        return job.unit == unit.name && job.kind == host::job_kind::reload;
                    }))
                    known.push_back(unit.status.relations);
        auto found = unplanned_units(jobs, planned_names_, host_.units, known, options_.way);
        if (!found) {
            out_.refusals.push_back(found.error());
            return;
        }
        for (auto& one : *found)
            if (one.harmless.empty())
                out_.refusals.push_back(unplanned_refusal(one));
            else
                out_.unplanned.push_back(std::move(one));
        out_.runs = std::move(*runs);
        for (auto const& unit : *changed)
            if (!ours_is_pending(unit))
                note_changed(unit);
    }

    static std::vector<std::string> files_of(host::unit_status const& status) {
        auto files = status.drop_in_paths;
        files.push_back(status.fragment_path);
        return files;
    }

    // The reload brings it into force.
    void note_changed(std::string const& unit) {
        auto const changed =
            fmt::format("the unit files of '{}' have changed since systemd read them", unit);
        if (options_.way == direction::back)
            out_.warnings.push_back(
                changed + ", and the reload brings that change into force, too");
        else
            out_.refusals.push_back(make_error(
                changed + ", and the reload of an apply would bring that change into force, too",
                "see 'systemctl status', then bring it into force or take it back: 'systemctl "
                "daemon-reload'"));
    }

    // An activation that did not come to its end may have left a drop-in that systemd has not read,
    // and the way back goes without a reload.
    bool ours_is_pending(std::string const& unit) const {
        return host_.where.return_unit().ends_with('/' + unit) ||
               (unfinished() && out_.recorded->interrupted(unit)) || is_ours_changed(unit);
    }

    // Somebody has changed our drop-in, and it is written again.
    bool is_ours_changed(std::string const& name) const {
        auto const* const recorded = out_.recorded ? out_.recorded->find(name) : nullptr;
        return recorded &&
               std::any_of(out_.units.begin(), out_.units.end(), [&](checked_unit const& one) {
                   return one.name == name && one.rewrite &&
                          one.drop_in_now.value_or("") != recorded->drop_in;
               });
    }

    static bool
    have_names(std::vector<host::unit_run> const& units, std::vector<std::string> const& names) {
        std::set<std::string_view> found;
        for (auto const& one : units)
            found.insert(one.name);
        return found == std::set<std::string_view>(names.begin(), names.end());
    }

    bool unfinished() const {
        return out_.recorded && out_.recorded->now == record_state::activating;
    }

    // Whether the right drop-in may be there without the unit running with it.
    bool uncertain(checked_unit const& unit) const {
        auto const* const recorded = out_.recorded ? &*out_.recorded : nullptr;
        if (recorded && recorded->interrupted(unit.name))
            return true;
        if (unit.wanted.text.empty())
            return false;
        return !recorded ||
               std::none_of(
                   recorded->units.begin(), recorded->units.end(), [&](applied_unit const& one) {
                       return one.name == unit.name && one.drop_in == unit.wanted.text;
                   });
    }

    // A reset has taken everything back, and the unit does not stay up all the same.
    bool fails_by_itself(checked_unit const& unit) const {
        auto const* const before = out_.recorded->interrupted(unit.name);
        auto const drop_in = host_.files.read(host_.where.drop_in(unit.name));
        bool const fails = unit.status.active_state == "failed" || is_waiting(unit.status) ||
                           keeps_restarting(unit.status, applied_unit().settle, host_.time.now());
        return fails && before && !before->ran && !before->waited && drop_in && !*drop_in &&
               !unit.status.need_daemon_reload;
    }

    // Units with a recorded drop-in that the plan does not name any more go back to static.
    void check_no_longer_planned() {
        if (!out_.recorded)
            return;
        std::vector<std::pair<std::string, std::string>> recorded;
        for (auto const& one : out_.recorded->units)
            recorded.emplace_back(one.name, one.static_text);
        for (auto const& one : out_.recorded->previous)
            recorded.emplace_back(one.name, "");
        for (auto& [name, static_text] : recorded) {
            if (names(planned_names_, name))
                continue;
            planned_names_.push_back(name);
            checked_unit unit;
            unit.name = name;
            auto status = host_.units.status_with_files(name);
            if (!status) {
                out_.refusals.push_back(status.error());
                continue;
            }
            unit.status = std::move(*status);
            if (fails_by_itself(unit)) {
                out_.warnings.push_back(fmt::format(
                    "'{}' does not stay up: {} ({}); it has its static configuration, and is left "
                    "alone",
                    name, unit.status.active_state, unit.status.sub_state));
                continue;
            }
            unit.static_text = std::move(static_text);
            unit.dynamic_text = unit.static_text;
            if (auto parsed = units::parse_unit(unit.static_text, name))
                unit.before = unit.after = std::move(*parsed);
            keep(decide(std::move(unit)));
        }
    }

    plan::activation_plan const& wanted_;
    check_options const& options_;
    host::machine& host_;
    checked_plan out_;
    std::vector<std::string> planned_names_;
    std::vector<plan::drifted_unit> drifted_;
};

} // namespace

checked_plan
check(plan::activation_plan const& wanted, check_options const& options, host::machine& host) {
    return checker(wanted, options, host).run();
}

} // namespace dynix::activation
