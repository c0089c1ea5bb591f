#include "dynix/activation/steps/programme.hpp"

#include <algorithm>
#include <string_view>

namespace dynix::activation {
namespace {

template <class T>
bool contains(std::vector<std::string> const& all, T const& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
}

void append(std::vector<step>& all, std::vector<step> const& more) {
    all.insert(all.end(), more.begin(), more.end());
}

// Jobs that stand next to each other are queued together; forgetting the failures of each before
// them makes the start limit count from here (five starts in ten seconds by default).
void add_starts(std::vector<step>& all, std::vector<step> const& starts) {
    for (auto const& one : starts)
        all.push_back({&steps::reset_failed, one.unit});
    append(all, starts);
}

// The steps of units that have one of their own there. Those of a kind stand next to each other:
// they are carried out together.
std::vector<step>
own_steps(std::vector<checked_unit> const& units, step_kind const* unit_change::*which) {
    std::vector<step> all;
    for (auto const& unit : units)
        if (auto const* const kind = unit.change->*which)
            all.push_back({kind, unit.name});
    std::ranges::stable_sort(all, {}, [](step const& one) { return one.kind->name; });
    return all;
}

// Commands of the unit that run when it stops; what they do depends on the rest of the unit.
constexpr std::string_view stop_commands[] = {"ExecStop", "ExecStopPost"};

// Settings that the unit is stopped by or that hold for what it leaves behind (systemd.kill(5),
// systemd.service(5), systemd.exec(5)), and those that systemd applies to a running service as soon
// as it reads them.
constexpr std::string_view stop_settings[] = {
    "KillMode",
    "KillSignal",
    "RestartKillSignal",
    "FinalKillSignal",
    "SendSIGHUP",
    "SendSIGKILL",
    "WatchdogSignal",
    "TimeoutSec",
    "TimeoutStopSec",
    "TimeoutAbortSec",
    "PIDFile",
    "TimeoutStopFailureMode",
    "RuntimeDirectory",
    "Type",
    "RuntimeDirectoryPreserve",
    "BusName",
    "RemainAfterExit",
    "RuntimeRandomizedExtraSec",
    "RuntimeMaxSec",
    "GuessMainPID"};

// Whether there is a path that the second has not.
bool has_other(std::vector<file_link> const& these, std::vector<file_link> const& than) {
    return std::any_of(these.begin(), these.end(), [&](file_link const& one) {
        return std::none_of(than.begin(), than.end(), [&](file_link const& other) {
            return other.path == one.path;
        });
    });
}

bool is_no(std::string_view value) {
    return value == "false" || value == "no" || value == "off" || value == "0";
}

// The units that stop before the reload, in the order of `units`.
std::vector<std::string> stopping(std::vector<checked_unit> const& units) {
    auto names = stopped_services(units);
    auto const add = [&](checked_unit const& unit) {
        if (contains(names, unit.name))
            return false;
        names.push_back(unit.name);
        return true;
    };
    // Of two restarts at once the one would take back the other.
    auto const hands_on = [&](checked_unit const& unit) {
        return std::ranges::any_of(units, [&](checked_unit const& other) {
            return other.change == &changes::restart && hands_stop_on(unit, other.name);
        });
    };
    for (auto const& unit : units)
        if (unit.change == &changes::stop || (unit.change == &changes::restart && !unit.fell_back &&
                                              (stops_before_reload(unit) || hands_on(unit))))
            add(unit);
    // What systemd stops with them (systemd.unit(5), Requires=) has to start again, too.
    auto const stops_along = [&](checked_unit const& unit) {
        return unit.change == &changes::restart &&
               std::any_of(units.begin(), units.end(), [&](checked_unit const& other) {
                   return contains(names, other.name) &&
                          contains(other.status.stopped_with_it, unit.name);
               });
    };
    for (bool more = true; more;) {
        more = false;
        for (auto const& unit : units)
            more = (stops_along(unit) && add(unit)) || more;
    }
    return names;
}

} // namespace

bool stops_before_reload(checked_unit const& unit) {
    // A socket is closed, and a timer or a path reckons anew, when systemd reads another text.
    if (!unit.name.ends_with(".service"))
        return unit.name.ends_with(".socket") || unit.name.ends_with(".timer") ||
               unit.name.ends_with(".path");
    auto const& before = unit.running;
    auto const& after = unit.after;
    // Not known: as a switch does it.
    if (before.assignments.empty() || after.assignments.empty())
        return true;
    if (is_no(after.last("Service", "X-StopIfChanged")) ||
        is_no(after.last("Unit", "X-StopIfChanged")))
        return false;
    for (auto const key : stop_commands)
        if (!before.effective("Service", key).empty() || !after.effective("Service", key).empty())
            return true;
    return std::any_of(
        std::begin(stop_settings), std::end(stop_settings), [&](std::string_view key) {
            return before.effective("Service", key) != after.effective("Service", key);
        });
}

bool hands_stop_on(checked_unit const& unit, std::string_view to) {
    return std::ranges::any_of(unit.status.relations.links, [&](host::unit_link const& link) {
        return link.property == "PropagatesStopTo" && link.unit == to;
    });
}

std::vector<std::string> stopped_services(std::vector<checked_unit> const& units) {
    std::vector<std::string> stopped;
    for (auto const& unit : units)
        if (unit.change == &changes::restart)
            for (auto const& service : unit.stop_first)
                if (!contains(stopped, service))
                    stopped.push_back(service);
    // One that has failed and is restarted, too, would stand in the way once it runs.
    for (auto const& socket : units)
        if (socket.change == &changes::restart && socket.name.ends_with(".socket"))
            for (auto const& unit : units)
                if (unit.change == &changes::restart &&
                    contains(socket.status.triggers, unit.name) && !contains(stopped, unit.name))
                    stopped.push_back(unit.name);
    return stopped;
}

std::vector<host::unit_job> jobs_of(std::vector<step> const& steps) {
    std::vector<host::unit_job> jobs;
    for (auto const& one : steps)
        if (one.kind->job)
            jobs.push_back({*one.kind->job, one.unit});
    return jobs;
}

std::vector<step> looks_of(std::vector<checked_unit> const& units) {
    std::vector<step> all;
    std::vector<step> probes;
    for (auto const& unit : units) {
        if (unit.change->takes)
            for (auto const& one : unit.checks.preflights)
                all.push_back({.kind = &steps::preflight, .unit = unit.name, .check = one.name});
        for (auto const& one : unit.checks.probes)
            if (!one.before.empty() && unit.change->begins)
                probes.push_back(
                    {.kind = &steps::probe_first, .unit = unit.name, .check = one.name});
    }
    append(all, probes);
    return all;
}

std::vector<step> stops_of(std::vector<checked_unit> const& units) {
    auto const names = stopping(units);
    auto const services = stopped_services(units);
    std::vector<step> all;
    // A socket first: while it listens, it would start its service again.
    for (auto const& unit : units)
        if (contains(names, unit.name) && !contains(services, unit.name))
            all.push_back({&steps::stop, unit.name});
    for (auto const& service : services)
        all.push_back({&steps::stop, service});
    return all;
}

std::vector<step> changes_of(std::vector<checked_unit> const& units) {
    std::vector<step> all;
    bool any = false;
    for (auto const& unit : units) {
        bool const changes_it = unit.rewrite || unit.change != &changes::none;
        any = any || changes_it;
        // The drop-in names the links, and so comes after those that go and before those that come.
        if (changes_it && has_other(unit.links_now, unit.links))
            all.push_back({&steps::put_back_files, unit.name});
        if (unit.rewrite)
            all.push_back(
                {unit.put_back              ? &steps::put_back_drop_in
                 : unit.wanted.text.empty() ? &steps::remove_drop_in
                                            : &steps::write_drop_in,
                 unit.name});
        if (changes_it && !unit.links.empty())
            all.push_back({&steps::switch_files, unit.name});
    }
    if (any)
        all.push_back({&steps::reload, {}});
    append(all, own_steps(units, &unit_change::when_read));
    return all;
}

std::vector<step> starts_of(std::vector<checked_unit> const& units) {
    auto const names = stopping(units);
    auto const services = stopped_services(units);
    std::vector<step> restarts;
    std::vector<step> starts;
    starts.reserve(services.size());
    std::vector<step> proofs;
    auto all = own_steps(units, &unit_change::job);
    std::vector<step> probes;
    for (auto const& unit : units) {
        bool const last = contains(services, unit.name);
        if (last || unit.change->begins)
            for (auto const& one : unit.checks.probes)
                probes.push_back({.kind = &steps::probe, .unit = unit.name, .check = one.name});
        if (!last && unit.change != &changes::restart)
            continue;
        if (!unit.may_fail)
            proofs.push_back({&steps::prove, unit.name});
        if (!last)
            restarts.push_back(
                {contains(names, unit.name) ? &steps::start
                 : unit.unless_stopped      ? &steps::try_restart
                                            : &steps::restart,
                 unit.name});
    }
    for (auto const& service : services)
        starts.push_back({&steps::start, service});
    add_starts(all, restarts);
    add_starts(all, starts);
    append(all, proofs);
    append(all, own_steps(units, &unit_change::look));
    append(all, probes);
    return all;
}

std::vector<step> steps_of(std::vector<checked_unit> const& units) {
    auto all = looks_of(units);
    append(all, stops_of(units));
    append(all, changes_of(units));
    append(all, starts_of(units));
    return all;
}

} // namespace dynix::activation
