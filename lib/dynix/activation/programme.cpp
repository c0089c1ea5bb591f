#include "dynix/activation/programme.hpp"

#include <algorithm>

namespace dynix::activation {
namespace {

bool contains(std::vector<std::string> const& all, std::string const& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
}

// Jobs that stand next to each other are queued together; forgetting the failures of each before
// them makes the start limit count from here (five starts in ten seconds by default).
void add_starts(std::vector<step>& all, std::vector<step> starts) {
    for (auto const& one : starts)
        all.push_back({&steps::reset_failed, one.unit});
    all.insert(all.end(), starts.begin(), starts.end());
}

} // namespace

std::vector<std::string> stopped_services(std::vector<checked_unit> const& units) {
    std::vector<std::string> stopped;
    for (auto const& unit : units)
        for (auto const& service : unit.stop_first)
            if (!contains(stopped, service))
                stopped.push_back(service);
    return stopped;
}

std::vector<step> steps_after_reload(std::vector<checked_unit> const& units) {
    auto const stopped = stopped_services(units);
    std::vector<step> all;
    std::vector<step> restarts;
    std::vector<step> starts;
    std::vector<step> proofs;
    for (auto const& unit : units) {
        if (unit.change == unit_change::stop)
            all.push_back({&steps::stop, unit.name});
        if (unit.change == unit_change::restart || contains(stopped, unit.name))
            proofs.push_back({&steps::prove, unit.name});
        if (unit.change != unit_change::restart || contains(stopped, unit.name))
            continue;
        // While it listens, it would start its service again.
        if (!unit.stop_first.empty())
            all.push_back({&steps::stop, unit.name});
        restarts.push_back(
            {!unit.stop_first.empty() ? &steps::start
             : unit.unless_stopped    ? &steps::try_restart
                                      : &steps::restart,
             unit.name});
    }
    for (auto const& service : stopped) {
        all.push_back({&steps::stop, service});
        starts.push_back({&steps::start, service});
    }
    add_starts(all, std::move(restarts));
    add_starts(all, std::move(starts));
    all.insert(all.end(), proofs.begin(), proofs.end());
    return all;
}

std::vector<step> steps_of(std::vector<checked_unit> const& units) {
    std::vector<step> all;
    bool changes = false;
    for (auto const& unit : units) {
        changes = changes || unit.rewrite || unit.change != unit_change::none;
        if (unit.rewrite)
            all.push_back(
                {unit.wanted.text.empty() ? &steps::remove_drop_in : &steps::write_drop_in,
                 unit.name});
    }
    if (changes)
        all.push_back({&steps::reload, {}});
    for (auto const& unit : units)
        if (unit.change == unit_change::defer)
            all.push_back({&steps::defer, unit.name});
    auto const later = steps_after_reload(units);
    all.insert(all.end(), later.begin(), later.end());
    return all;
}

} // namespace dynix::activation
