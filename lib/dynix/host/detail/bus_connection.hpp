// The connection to PID 1 over D-Bus, and what sd-bus hands out, with owners.
#pragma once

#include "dynix/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <systemd/sd-bus.h>

namespace dynix::host {

inline constexpr char const* destination = "org.freedesktop.systemd1";
inline constexpr char const* manager_path = "/org/freedesktop/systemd1";
inline constexpr char const* manager_interface = "org.freedesktop.systemd1.Manager";
inline constexpr char const* unit_interface = "org.freedesktop.systemd1.Unit";
inline constexpr std::uint64_t call_timeout_usec = 30'000'000;

struct bus_closer {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};
struct message_closer {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
struct slot_closer {
    void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
using bus_ptr = std::unique_ptr<sd_bus, bus_closer>;
using message_ptr = std::unique_ptr<sd_bus_message, message_closer>;
using slot_ptr = std::unique_ptr<sd_bus_slot, slot_closer>;

class bus_error {
  public:
    bus_error() = default;
    bus_error(bus_error const&) = delete;
    bus_error& operator=(bus_error const&) = delete;
    ~bus_error() { sd_bus_error_free(&error_); }
    sd_bus_error* get() { return &error_; }
    bool is(char const* name) const { return sd_bus_error_has_name(&error_, name) > 0; }
    std::string text(int code) const;

  private:
    sd_bus_error error_{}; // SD_BUS_ERROR_NULL, which clang takes for C only
};

// The private socket first, as systemctl does as root: no dbus-daemon between, and it works when
// that one does not run.
result<bus_ptr> open_bus();

// The bus that dbus-daemon serves; nullptr when it does not.
bus_ptr open_system_bus();

bool is_disconnect(int code);

// What a negative return value of sd-bus means for the user.
error not_reachable(int code);
error not_understood(std::string_view unit, int code);
error call_failed(std::string_view doing, std::string_view unit, bus_error const& failed, int code);

} // namespace dynix::host
