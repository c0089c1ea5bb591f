#include "dynix/units/switch_policy.hpp"

namespace dynix::units {
namespace {

bool is_set(unit_file const& unit, std::string_view key, bool otherwise) {
    auto const value = unit.last("Unit", key);
    if (value.empty())
        return otherwise;
    return value == "1" || value == "yes" || value == "true" || value == "on";
}

} // namespace

switch_policy read_switch_policy(unit_file const& unit) {
    if (is_set(unit, "X-ReloadIfChanged", false))
        return switch_policy::reload;
    if (!is_set(unit, "X-RestartIfChanged", true) || is_set(unit, "X-OnlyManualStart", false))
        return switch_policy::leave;
    return switch_policy::restart;
}

std::optional<std::string> why_not_restarted(unit_file const& unit) {
    switch (read_switch_policy(unit)) {
    case switch_policy::reload:
        return "wants to be reloaded and not restarted when it changes ([Unit] X-ReloadIfChanged=)";
    case switch_policy::leave:
        return is_set(unit, "X-OnlyManualStart", false)
                   ? "must not be restarted when it changes ([Unit] X-OnlyManualStart=)"
                   : "must not be restarted when it changes ([Unit] X-RestartIfChanged=)";
    case switch_policy::restart:
        break;
    }
    return std::nullopt;
}

} // namespace dynix::units
