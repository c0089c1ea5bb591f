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

} // namespace dynix::units
