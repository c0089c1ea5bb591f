#include "dynix/activation/bystanders/unplanned.hpp"

#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace dynix::activation {
namespace {

enum class request { start, stop, restart, reload, verify };

// What follows from a request for one unit, for those that a dependency property names.
struct rule {
    request of;
    std::string_view property;
    request then;
    bool must = false; // the request fails if this one cannot be fulfilled
};

constexpr rule followers[] = {
    {request::start, "Requires", request::start, true},
    {request::start, "BindsTo", request::start, true},
    {request::start, "Wants", request::start},
    {request::start, "Upholds", request::start},
    {request::start, "Requisite", request::verify, true},
    {request::start, "Conflicts", request::stop},
    {request::start, "ConflictedBy", request::stop},
    {request::stop, "RequiredBy", request::stop},
    {request::stop, "RequisiteOf", request::stop},
    {request::stop, "BoundBy", request::stop},
    {request::stop, "ConsistsOf", request::stop},
    {request::stop, "PropagatesStopTo", request::stop},
    {request::restart, "RequiredBy", request::restart},
    {request::restart, "RequisiteOf", request::restart},
    {request::restart, "BoundBy", request::restart},
    {request::restart, "ConsistsOf", request::restart},
    {request::restart, "PropagatesStopTo", request::stop},
    {request::reload, "PropagatesReloadTo", request::reload},
};

bool is_any_of(std::string_view property, std::initializer_list<std::string_view> these) {
    return std::find(these.begin(), these.end(), property) != these.end();
}

bool has_no_processes(std::string_view unit) {
    return unit.ends_with(".target") || unit.ends_with(".slice");
}

struct visit {
    std::string unit;
    request wanted;
    bool must;         // the job itself fails without it
    bool by_unplanned; // it follows from the restart of a unit outside the plan
    std::vector<std::string> chain;
};

// What was found for a unit, over all visits.
struct touched {
    bool starts = false; // a start was asked for, also of a unit that runs
    bool changed = false;
    bool by_unplanned = false;
    bool unneeded = false;
    bool must = false; // a job of the plan fails without it
    unplanned_effect effect{};
    std::vector<std::string> chain{};
};

class transaction_forecast {
  public:
    transaction_forecast(
        std::vector<std::string> const& planned, host::systemd& units,
        std::vector<host::unit_relations> const& known, direction way)
        : planned_(planned.begin(), planned.end()), units_(units), way_(way) {
        for (auto const& one : known)
            known_.try_emplace(one.name, one);
    }

    result<std::vector<unplanned_unit>> run(std::vector<host::unit_job> const& jobs) {
        for (auto const& job : jobs)
            ask({job.unit, request_of(job.kind), true, false, {job.unit}});
        while (!left_.empty()) {
            if (auto known = learn(waiting()); !known)
                return known.error();
            for (auto now = std::exchange(left_, {}); auto& one : now)
                look_at(std::move(one));
        }
        if (auto found = find_unneeded(jobs); !found)
            return found.error();
        return judged();
    }

  private:
    static request request_of(host::job_kind kind) {
        return kind == host::job_kind::start    ? request::start
               : kind == host::job_kind::stop   ? request::stop
               : kind == host::job_kind::reload ? request::reload
                                                : request::restart;
    }

    void ask(visit one) {
        if (seen_.emplace(one.unit, one.wanted, one.must, one.by_unplanned).second)
            left_.push_back(std::move(one));
    }

    std::vector<std::string> waiting() const {
        std::vector<std::string> names;
        for (auto const& one : left_)
            names.push_back(one.unit);
        return names;
    }

    result<void> learn(std::vector<std::string> names) {
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        std::erase_if(names, [&](std::string const& name) { return known_.contains(name); });
        if (names.empty())
            return {};
        auto found = units_.relations(names);
        if (!found)
            return found.error();
        for (std::size_t i = 0; i < names.size(); ++i)
            known_[names[i]] = std::move((*found)[i]);
        return {};
    }

    void look_at(visit one) {
        auto const& unit = known_.at(one.unit);
        auto const down = unit.inactive();
        switch (one.wanted) {
        case request::verify:
            if (down && one.must)
                touch(one, unplanned_effect::missing);
            return;
        case request::stop:
            if (!down)
                touch(one, unplanned_effect::stop);
            break;
        case request::reload:
            // systemd hands a reload on once.
            if (!down && one.chain.size() > 1)
                touch(one, unplanned_effect::reload);
            if (one.chain.size() > 1)
                return;
            break;
        case request::restart:
            // Dependents that do not run are left alone; the unit of a job starts.
            if (down && one.chain.size() > 1)
                return;
            if (!down)
                touch(one, unplanned_effect::restart);
            follow(one, unit, request::restart);
            one.wanted = request::start;
            one.by_unplanned = one.by_unplanned || !planned_.contains(one.unit);
            break;
        case request::start:
            if (unit.load_state != "loaded" || (down && one.unit.ends_with(".device"))) {
                if (one.must)
                    touch(one, unplanned_effect::missing);
                return;
            }
            // The boot: some hundred units that run, or do not apply here. Which of them start is
            // decided by their conditions and devices at that moment, so it cannot be foreseen;
            // and any start asks for them, the next timer's too, so to refuse for them would be
            // to refuse every start. What did start is reported with that reason.
            if (!down && one.unit == "sysinit.target")
                return;
            found_[one.unit].starts = true;
            if (down && unit.skipped_by_condition)
                return;
            if (down)
                touch(one, unplanned_effect::start);
            break;
        }
        follow(one, unit, one.wanted);
    }

    void follow(visit const& from, host::unit_relations const& unit, request wanted) {
        for (auto const& link : unit.links)
            for (auto const& rule : followers) {
                if (rule.of != wanted || rule.property != link.property)
                    continue;
                auto chain = from.chain;
                chain.push_back(fmt::format("{}={}", link.property, link.unit));
                ask(
                    {link.unit, rule.then, from.must && rule.must, from.by_unplanned,
                     std::move(chain)});
            }
    }

    void touch(visit const& by, unplanned_effect effect) {
        auto& unit = found_[by.unit];
        unit.by_unplanned = unit.by_unplanned || by.by_unplanned;
        unit.must = unit.must || by.must;
        // What is stopped counts more than what is started, but both are a restart.
        auto const both = unit.changed && unit.effect != effect &&
                          unit.effect != unplanned_effect::missing &&
                          unit.effect != unplanned_effect::reload &&
                          effect != unplanned_effect::missing && effect != unplanned_effect::reload;
        if (!unit.changed || effect != unplanned_effect::reload)
            unit.effect = both ? unplanned_effect::restart : effect;
        if (!unit.changed)
            unit.chain = by.chain;
        unit.changed = true;
    }

    // systemd.unit(5), StopWhenUnneeded=: when the unit of a job is down for a moment.
    result<void> find_unneeded(std::vector<host::unit_job> const& jobs) {
        std::set<std::string> down;
        for (auto const& job : jobs)
            if (job.kind != host::job_kind::start && job.kind != host::job_kind::reload)
                down.insert(job.unit);
        for (auto const& job : jobs) {
            if (!down.contains(job.unit))
                continue;
            for (auto const& link : known_.at(job.unit).links) {
                auto const need = known_.find(link.unit);
                if (!is_any_of(
                        link.property, {"Requires", "BindsTo", "Wants", "Upholds", "Requisite"}) ||
                    need == known_.end() || !need->second.stop_when_unneeded ||
                    need->second.inactive() || found_[link.unit].changed)
                    continue;
                auto const needed = needed_by_others(need->second, down);
                if (!needed)
                    return needed.error();
                if (*needed)
                    continue;
                auto& unit = found_[link.unit];
                unit.changed = unit.unneeded = true;
                unit.effect = unplanned_effect::restart;
                unit.chain = {job.unit, fmt::format("{}={}", link.property, link.unit)};
            }
        }
        return {};
    }

    result<bool>
    needed_by_others(host::unit_relations const& unit, std::set<std::string> const& down) {
        std::vector<std::string> names;
        for (auto const& link : unit.links)
            if (is_any_of(
                    link.property,
                    {"RequiredBy", "RequisiteOf", "WantedBy", "BoundBy", "UpheldBy"}) &&
                !down.contains(link.unit))
                names.push_back(link.unit);
        if (auto known = learn(names); !known)
            return known.error();
        return std::any_of(names.begin(), names.end(), [&](std::string const& name) {
            return !known_.at(name).inactive();
        });
    }

    result<std::vector<unplanned_unit>> judged() {
        std::vector<unplanned_unit> out;
        for (auto const& [name, unit] : found_) {
            if (!unit.changed || planned_.contains(name))
                continue;
            unplanned_unit one{name, unit.effect, unit.chain, {}, known_.at(name).load_state};
            // What the stop jobs take down, the start jobs bring back.
            if (one.effect == unplanned_effect::stop && unit.starts)
                one.effect = unplanned_effect::restart;
            auto harmless = why_harmless(one, unit);
            if (!harmless)
                return harmless.error();
            one.harmless = std::move(*harmless);
            out.push_back(std::move(one));
        }
        return out;
    }

    result<std::string> why_harmless(unplanned_unit const& one, touched const& unit) {
        if (one.effect == unplanned_effect::stop || one.effect == unplanned_effect::missing)
            return std::string();
        if (one.effect == unplanned_effect::reload)
            return std::string("a reload stops nothing");
        if (unit.unneeded)
            return std::string("it is stopped when nothing needs it (StopWhenUnneeded=)");
        if (has_no_processes(one.name))
            return std::string("it has no processes of its own");
        if (one.effect != unplanned_effect::start || unit.by_unplanned)
            return std::string();
        if (way_ == direction::back && has_failed(one, unit))
            return std::string(wanted_again);
        if (!one.name.ends_with(".service"))
            return std::string();
        auto const status = units_.status(one.name);
        if (!status)
            return status.error();
        if (status->type != "oneshot" || status->remain_after_exit ||
            status->last_inactive_usec == 0)
            return std::string();
        if (status->active_state == "inactive" && status->result == "success")
            return std::string("it runs once whenever something starts that needs it");
        return std::string(has_failed(one, unit) ? wanted_again : "");
    }

    // And nothing that starts needs it.
    bool has_failed(unplanned_unit const& one, touched const& unit) const {
        return known_.at(one.name).active_state == "failed" && !unit.must;
    }

    static constexpr auto wanted_again =
        "it has failed, and runs again whenever something starts that wants it";

    std::set<std::string> planned_;
    host::systemd& units_;
    direction way_;
    std::map<std::string, host::unit_relations> known_;
    std::set<std::tuple<std::string, request, bool, bool>> seen_;
    std::deque<visit> left_;
    std::map<std::string, touched> found_;
};

// How the unit hangs together with the one of the plan, in words.
std::string relation_of(unplanned_unit const& what) {
    auto const& link = what.chain.back();
    auto const property = std::string_view(link).substr(0, link.find('='));
    auto const& by = what.chain.front();
    if (is_any_of(property, {"Conflicts", "ConflictedBy"}))
        return fmt::format("'{}' conflicts with '{}'", by, what.name);
    if (property == "PropagatesStopTo")
        return fmt::format("'{}' hands its stop on to '{}'", by, what.name);
    if (is_any_of(property, {"RequiredBy", "RequisiteOf", "BoundBy", "ConsistsOf"}))
        return fmt::format("'{}' depends on '{}'", what.name, by);
    return fmt::format("'{}' starts '{}' with it", by, what.name);
}

} // namespace

result<std::vector<unplanned_unit>> unplanned_units(
    std::vector<host::unit_job> const& jobs, std::vector<std::string> const& planned,
    host::systemd& units, std::vector<host::unit_relations> const& known, direction way) {
    return transaction_forecast(planned, units, known, way).run(jobs);
}

error unplanned_refusal(unplanned_unit const& what) {
    auto const in_plan =
        fmt::format("add '{}' to the units of the service in 'dynamicism.for'", what.name);
    auto refused =
        what.effect == unplanned_effect::missing
            ? make_error(
                  fmt::format(
                      "'{}' would not start: it requires '{}', which {}", what.chain.front(),
                      what.name,
                      what.load_state == "loaded" ? "does not run"
                                                  : "cannot be started: " + what.load_state),
                  fmt::format("look at 'systemctl status {}'", what.name))
            : make_error(
                  fmt::format(
                      "{}, so systemd would {} it too, and it is not in the plan",
                      relation_of(what), to_string(what.effect)),
                  what.effect == unplanned_effect::start
                      ? fmt::format(
                            "start it before ('systemctl start {}') or mask it, or {}", what.name,
                            in_plan)
                      : in_plan);
    refused.notes.push_back({fmt::format("by way of {}", fmt::join(what.chain, " -> ")), {}});
    return refused;
}

std::string describe(unplanned_unit const& what) {
    return fmt::format(
        "{} {}, which is not in the plan: {} ({})", to_string(what.effect), what.name,
        what.harmless, fmt::join(what.chain, " -> "));
}

std::string to_string(unplanned_effect effect) {
    switch (effect) {
    case unplanned_effect::stop:
        return "stop";
    case unplanned_effect::start:
        return "start";
    case unplanned_effect::restart:
        return "restart";
    case unplanned_effect::reload:
        return "reload";
    case unplanned_effect::missing:
        return "missing";
    }
    return {};
}

} // namespace dynix::activation
