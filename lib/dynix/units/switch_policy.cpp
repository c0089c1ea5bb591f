#include "dynix/units/switch_policy.hpp"

#include <fmt/format.h>

namespace dynix::units {
namespace {

constexpr char const* restart_key = "X-RestartIfChanged";
constexpr char const* reload_key = "X-ReloadIfChanged";
constexpr char const* manual_key = "X-OnlyManualStart";

// Where the module system writes them first: what stands there counts.
std::string_view section_of(unit_file const& unit, std::string_view key) {
    return unit.last("Service", key).empty() ? "Unit" : "Service";
}

bool is_set(unit_file const& unit, std::string_view key, bool otherwise) {
    auto const value = unit.last(section_of(unit, key), key);
    if (value.empty())
        return otherwise;
    return value == "1" || value == "yes" || value == "true" || value == "on";
}

} // namespace

switch_policy read_switch_policy(unit_file const& unit) {
    if (is_set(unit, reload_key, false))
        return switch_policy::reload;
    if (!is_set(unit, restart_key, true) || is_set(unit, manual_key, false))
        return switch_policy::leave;
    return switch_policy::restart;
}

std::optional<std::string> why_not_restarted(unit_file const& unit) {
    auto const said = [&](char const* what, char const* key) {
        return fmt::format("{} when it changes ([{}] {}=)", what, section_of(unit, key), key);
    };
    switch (read_switch_policy(unit)) {
    case switch_policy::reload:
        return said("wants to be reloaded and not restarted", reload_key);
    case switch_policy::leave:
        return said(
            "must not be restarted", is_set(unit, manual_key, false) ? manual_key : restart_key);
    case switch_policy::restart:
        break;
    }
    return std::nullopt;
}

bool is_stopped_when_removed(unit_file const& unit) {
    return is_set(unit, "X-StopOnRemoval", true);
}

bool refuses_manual_stop(unit_file const& unit) {
    return is_set(unit, "RefuseManualStop", false);
}

} // namespace dynix::units
