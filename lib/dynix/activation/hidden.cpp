#include "dynix/activation/hidden.hpp"

#include "dynix/host/paths.hpp"
#include "dynix/units/directives.hpp"
#include "dynix/units/exec_command.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <set>

namespace dynix::activation {
namespace {

// The variables of one Environment= directive, each as "NAME=value".
std::optional<std::set<std::string>> variables(units::unit_file const& unit) {
    auto const all = units::planned_environment(unit);
    if (!all)
        return std::nullopt;
    std::set<std::string> found;
    for (auto const& one : *all)
        found.insert(one.name + '=' + one.value.show());
    return found;
}

std::set<std::string>
values(units::unit_file const& unit, std::string const& section, std::string const& key) {
    if (section == "Service" && key == "Environment")
        if (auto found = variables(unit))
            return *found;
    auto const* what = units::find_directive(section, key);
    if (what && what->kind == units::directive_kind::scalar)
        return {unit.last(section, key)};
    auto const all = unit.effective(section, key);
    return {all.begin(), all.end()};
}

// Whether `whole` lacks something that the change brings, or has something that it takes away.
bool hides(
    std::set<std::string> const& before, std::set<std::string> const& after,
    std::set<std::string> const& whole) {
    auto const lost = [&](std::string const& one) {
        return !before.contains(one) && !whole.contains(one);
    };
    auto const kept = [&](std::string const& one) {
        return !after.contains(one) && whole.contains(one);
    };
    return std::any_of(after.begin(), after.end(), lost) ||
           std::any_of(before.begin(), before.end(), kept);
}

std::set<std::string> keys_of(units::unit_file const& unit, units::directive_change const& change) {
    std::set<std::string> keys;
    for (auto const& one : unit.assignments)
        if (one.section == change.section && units::subject_name(one) == change.key)
            keys.insert(one.key);
    return keys;
}

error hidden(
    std::string const& path, std::string const& key, std::string const& unit, bool after_ours) {
    return make_error(
        fmt::format(
            "'{}' sets {}{} for '{}', and so hides it", path, key,
            after_ours ? " after the drop-in of dynix" : ", which an override changes,", unit),
        after_ours
            ? fmt::format(
                  "rename that file so that it sorts before '{}', or remove it", host::drop_in_name)
            : fmt::format(
                  "take {} out of that file ('systemctl revert {}' removes what was made "
                  "with 'systemctl edit' and 'set-property'), then 'systemctl "
                  "daemon-reload'",
                  key, unit));
}

} // namespace

result<void> check_hidden(layered_unit const& layers, std::string const& unit) {
    auto planned = units::make_drop_in(layers.planned_static, layers.planned_dynamic);
    // What a drop-in cannot express is hidden all the same.
    for (auto const& one : planned.refusals)
        planned.changes.push_back({one.section, one.key, {}, {}});
    for (auto const& change : planned.changes) {
        for (auto const& [path, text] : layers.above)
            if (auto const keys = keys_of(text, change); !keys.empty())
                return hidden(path, *keys.begin(), unit, true);
        for (auto const& [path, text] : layers.below)
            for (auto const& key : keys_of(text, change))
                if (hides(
                        values(layers.planned_static, change.section, key),
                        values(layers.planned_dynamic, change.section, key),
                        values(layers.below_dynamic, change.section, key)))
                    return hidden(path, key, unit, false);
    }
    return {};
}

} // namespace dynix::activation
