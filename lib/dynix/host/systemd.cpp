#include "dynix/host/systemd.hpp"

#include <algorithm>

namespace dynix::host {

std::vector<result<unit_status>>
systemd::statuses_with_files(std::vector<std::string> const& units) {
    auto found = statuses(units);
    std::vector<unit_run> there;
    for (auto const& one : found)
        if (one)
            there.push_back({.name = one->name, .has_file = one->load_state != "not-found"});
    auto const changed = changed_files(there);
    for (auto& one : found)
        if (one && !changed)
            one = changed.error();
        else if (one)
            one->need_daemon_reload = std::ranges::find(*changed, one->name) != changed->end();
    return found;
}

result<void> systemd::reset_failed(std::string const& unit) {
    auto reset = call({"ResetFailedUnit", "reset the failures of", unit});
    if (reset)
        return reset;
    // A unit that is stopped and that nothing refers to is not loaded, and has nothing to forget.
    auto const now = status(unit);
    return now && now->active_state != "failed" ? result<void>() : reset;
}

} // namespace dynix::host
