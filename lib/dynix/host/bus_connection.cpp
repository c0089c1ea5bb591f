#include "dynix/host/detail/bus_connection.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace dynix::host {
namespace {

bus_ptr open_private() {
    sd_bus* raw = nullptr;
    if (sd_bus_new(&raw) < 0)
        return nullptr;
    bus_ptr bus(raw);
    if (sd_bus_set_address(raw, "unix:path=/run/systemd/private") < 0 || sd_bus_start(raw) < 0)
        return nullptr;
    return bus;
}

} // namespace

std::string bus_error::text(int code) const {
    return error_.message ? error_.message : std::strerror(code < 0 ? -code : code);
}

result<bus_ptr> open_bus() {
    if (::geteuid() == 0)
        if (auto bus = open_private())
            return bus;
    sd_bus* raw = nullptr;
    if (auto const code = sd_bus_open_system(&raw); code < 0)
        return not_reachable(code);
    return bus_ptr(raw);
}

bus_ptr open_system_bus() {
    sd_bus* raw = nullptr;
    return sd_bus_open_system(&raw) < 0 ? nullptr : bus_ptr(raw);
}

bool is_disconnect(int code) {
    return code == -ENOTCONN || code == -ECONNRESET || code == -EPIPE || code == -ESHUTDOWN;
}

error not_reachable(int code) {
    return make_error(
        fmt::format("cannot talk to systemd: {}", std::strerror(-code)),
        ::geteuid() == 0 ? "look at 'systemctl status', or boot this machine with systemd"
                         : "run the command as root");
}

error not_understood(std::string_view unit, int code) {
    return make_error(fmt::format(
        "cannot understand what systemd says about '{}': {}", unit, std::strerror(-code)));
}

error call_failed(
    std::string_view doing, std::string_view unit, bus_error const& failed, int code) {
    auto what = make_error(fmt::format(
        "systemd cannot {} {}: {}", doing,
        unit.empty() ? std::string("its unit files") : fmt::format("'{}'", unit),
        failed.text(code)));
    if (failed.is(SD_BUS_ERROR_ACCESS_DENIED) || failed.is(SD_BUS_ERROR_AUTH_FAILED) ||
        failed.is(SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED))
        what.hint = "run the command as root";
    // systemd writes below /run, and reloads only with 16 MiB to spare there.
    if (code == -ENOSPC || failed.is("org.freedesktop.systemd1.DiskFull"))
        what.hint = how_to_make_room("/run");
    return what;
}

} // namespace dynix::host
