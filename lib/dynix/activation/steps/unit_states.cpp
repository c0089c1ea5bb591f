#include "dynix/activation/steps/unit_states.hpp"

#include "dynix/activation/proof/executed.hpp"
#include "dynix/activation/proof/proof.hpp"

#include <chrono>
#include <fmt/format.h>
#include <utility>

namespace dynix::activation {

bool is_up(host::unit_status const& status) {
    return status.active() ||
           ((status.active_state == "activating" || status.will_start()) && !is_waiting(status));
}

bool is_waiting(host::unit_status const& status) {
    return status.active_state == "activating" && status.sub_state.starts_with("auto-restart");
}

bool keeps_restarting(
    host::unit_status const& status, host::milliseconds settle, host::time_point now) {
    // How long a proof looks at most, besides.
    constexpr auto proof = std::chrono::seconds(2);
    if (status.n_restarts == 0)
        return false;
    host::time_point const since{std::chrono::microseconds(
        static_cast<std::chrono::microseconds::rep>(status.active_since_usec))};
    return is_waiting(status) || status.active_state == "activating" ||
           (status.active() && now - since < settle + proof);
}

command_shown
shown_now(units::unit_file const& running, host::unit_status const& status, host::machine& host) {
    if (!status.active())
        return command_shown::unknown;
    auto const live = executed_processes(status, host);
    if (!live || is_starting(status, *live))
        return command_shown::unknown;
    return prove(running, running, status, *live, {}).no_such_command ? command_shown::no
                                                                      : command_shown::yes;
}

unit_change const* change_for(host::unit_status const& status, state const& recorded) {
    auto const* const before = recorded.interrupted(status.name);
    // A failed unit was meant to run, and the change may be what lets it. But a oneshot is not
    // meant to run all the time: what starts it (a timer, often) starts it again.
    auto const ends_by_itself = status.type == "oneshot" && !status.remain_after_exit;
    return is_up(status) || is_waiting(status) ||
                   (status.active_state == "failed" && !ends_by_itself) ||
                   (before && (before->ran || before->waited))
               ? &changes::restart
               : &changes::defer;
}

result<std::vector<host::unit_status>>
services_to_stop(host::unit_status const& socket, state const& recorded, host::machine& host) {
    std::vector<host::unit_status> found;
    if (!socket.name.ends_with(".socket"))
        return found;
    for (auto const& service : socket.triggers) {
        auto status = host.units.status(service);
        if (!status)
            return status.error();
        auto const* const before = recorded.interrupted(service);
        if (auto possible = check_can_start(*status); !possible)
            return possible.error();
        if (is_up(*status) || is_waiting(*status) || (before && before->ran))
            found.push_back(std::move(*status));
    }
    return found;
}

error not_in_plan(std::string_view socket, std::string_view service) {
    return make_error(
        fmt::format(
            "'{}' can only be restarted while '{}' is stopped, which is not in the plan", socket,
            service),
        fmt::format("add '{}' to the units of the service in 'dynamicism.for'", service));
}

result<void> check_can_start(host::unit_status const& status) {
    if (status.loaded() || !is_up(status))
        return {};
    return make_error(
        fmt::format(
            "'{}' runs, and systemd could not start it again: its unit file is {}", status.name,
            status.load_state),
        fmt::format(
            "bring its unit file back ('systemctl status {}'), or stop it: 'systemctl stop {}'",
            status.name, status.name));
}

result<void> check_running(host::machine& host) {
    auto const ends = host.units.shutting_down();
    if (!ends)
        return ends.error();
    if (*ends)
        return make_error(
            "the machine is shutting down, and systemd restarts no unit any more",
            "run the command again when it is up");
    return {};
}

} // namespace dynix::activation
