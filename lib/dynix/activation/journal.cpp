#include "dynix/activation/journal.hpp"

#include "dynix/activation/steps/programme.hpp"
#include "dynix/activation/steps/unit_states.hpp"

#include <algorithm>
#include <utility>

namespace dynix::activation {

state journal_of(state recorded, std::vector<checked_unit> const& units) {
    if (recorded.now != record_state::activating)
        recorded.previous.clear();
    auto const stopped = stopped_services(units);
    for (auto const& unit : units) {
        bool const listed = recorded.interrupted(unit.name) != nullptr;
        bool const changed = unit.rewrite || unit.change != &changes::none ||
                             std::find(stopped.begin(), stopped.end(), unit.name) != stopped.end();
        if (changed && !listed)
            recorded.previous.push_back(
                {unit.name, unit.drop_in_now, is_up(unit.status) && !unit.keeps_restarting,
                 is_waiting(unit.status) || unit.keeps_restarting,
                 is_up(unit.status) ? unit.status.invocation_id : std::string(), unit.change});
    }
    recorded.now = record_state::activating;
    recorded.left.clear();
    return recorded;
}

void note_start(state& journal, checked_unit const& unit) {
    for (auto& one : journal.previous)
        if (one.name == unit.name) {
            one.ran = true;
            one.invocation_id = unit.status.invocation_id;
            one.change = unit.change;
            return;
        }
    journal.previous.push_back(
        {unit.name, unit.drop_in_now, true, false, unit.status.invocation_id, unit.change});
}

} // namespace dynix::activation
