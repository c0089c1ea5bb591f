#include "dynix/modules/difference.hpp"

#include "dynix/units/switch_policy.hpp"
#include "dynix/units/unit_file.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace dynix::modules {
namespace {

using subject = std::pair<std::string, std::string>; // kind and name
using text = std::optional<std::string>;

// The lines that stand for links to a unit (nixmodules/dynamicism/compared.nix).
bool is_wanted(std::string const& lines) {
    for (auto const* key : {"\nWantedBy=", "\nRequiredBy=", "\nUpheldBy="})
        if (lines.find(key) != std::string::npos)
            return true;
    return false;
}

bool is_link(std::string_view key) {
    return key == "WantedBy" || key == "RequiredBy" || key == "UpheldBy" || key == "Alias";
}

// What a switch does not look at, of the section [Unit].
bool is_ignored(std::string_view key) {
    constexpr std::array ignored{"AllowIsolate",     "CollectMode",     "Description",
                                 "Documentation",    "IgnoreOnIsolate", "OnFailure",
                                 "OnFailureJobMode", "OnSuccess",       "RefuseManualStart",
                                 "RefuseManualStop", "SourcePath",      "StopWhenUnneeded"};
    return std::ranges::find(ignored, key) != ignored.end();
}

// What a switch compares of a unit: section and key, with their values.
using settings = std::map<std::pair<std::string, std::string>, std::vector<std::string>>;

settings settings_of(units::unit_file const& unit) {
    settings out;
    for (auto const& one : unit.assignments)
        if (!is_link(one.key) && one.section != "Install" &&
            !(one.section == "Unit" && is_ignored(one.key)))
            out[{one.section, one.key}].push_back(one.value);
    return out;
}

// Those of the settings that are not the same in both, without their values.
std::vector<settings::key_type> changed_settings(settings const& before, settings const& after) {
    std::vector<settings::key_type> out;
    for (auto const& [key, values] : before)
        if (auto const at = after.find(key); at == after.end() || at->second != values)
            out.push_back(key);
    for (auto const& [key, values] : after)
        if (!before.contains(key))
            out.push_back(key);
    return out;
}

// As switch-to-configuration decides on a unit that runs and has another file (NixOS manual, "Unit
// handling").
unit_action action_on_change(
    std::string const& name, units::unit_file const& before, units::unit_file const& after) {
    auto const changed = changed_settings(settings_of(before), settings_of(after));
    constexpr std::array left{".target", ".socket", ".path", ".slice"};
    if (changed.empty() ||
        std::ranges::any_of(left, [&](auto const* end) { return name.ends_with(end); }))
        return unit_action::none;
    auto const is_reload = [](settings::key_type const& one) {
        return one == settings::key_type("Unit", "X-Reload-Triggers") ||
               one == settings::key_type("Mount", "Options");
    };
    if (std::ranges::all_of(changed, is_reload))
        return unit_action::reload;
    switch (units::read_switch_policy(after)) {
    case units::switch_policy::reload:
        return unit_action::reload;
    case units::switch_policy::leave:
        return unit_action::none;
    case units::switch_policy::restart:
        break;
    }
    return units::refuses_manual_stop(after) ? unit_action::none : unit_action::restart;
}

unit_action action_on_removal(text const& before) {
    if (!before || before->starts_with("(masked)"))
        return unit_action::none;
    auto const old = units::parse_unit(*before, "unit");
    return old && !units::is_stopped_when_removed(*old) ? unit_action::none : unit_action::stop;
}

unit_action action_on(std::string const& name, text const& before, text const& after) {
    if (!after || after->starts_with("(masked)"))
        return action_on_removal(before);
    if (!before || before->starts_with("(masked)"))
        return is_wanted(*after) ? unit_action::start : unit_action::none;
    auto const old = units::parse_unit(*before, "unit");
    auto const fresh = units::parse_unit(*after, "unit");
    if (!old || !fresh)
        return unit_action::restart;
    auto const action = action_on_change(name, *old, *fresh);
    // What is wanted now is started by that which wants it.
    return action == unit_action::none && is_wanted(*after) && !is_wanted(*before)
               ? unit_action::start
               : action;
}

change change_of(text const& before, text const& after) {
    if (!before)
        return change::added;
    return after ? change::changed : change::removed;
}

} // namespace

std::string_view to_string(change what) {
    switch (what) {
    case change::added:
        return "added";
    case change::removed:
        return "removed";
    case change::changed:
        break;
    }
    return "changed";
}

std::string_view to_string(unit_action what) {
    switch (what) {
    case unit_action::start:
        return "start";
    case unit_action::stop:
        return "stop";
    case unit_action::restart:
        return "restart";
    case unit_action::reload:
        return "reload";
    case unit_action::none:
        break;
    }
    return "";
}

std::vector<difference>
differences(std::vector<base_difference> const& from, std::vector<base_difference> const& to) {
    // Of each subject its text before and after; that of the base where an extension says nothing.
    std::map<subject, std::pair<text, text>> all;
    for (auto const& one : from)
        all[{one.kind, one.name}] = {one.extended, one.base};
    for (auto const& one : to) {
        auto const [at, is_new] = all.try_emplace({one.kind, one.name}, one.base, one.extended);
        if (!is_new)
            at->second.second = one.extended;
    }
    std::vector<difference> out;
    for (auto const& [of, texts] : all) {
        auto const& [before, after] = texts;
        if (before == after)
            continue;
        auto const action =
            of.first == "unit" ? action_on(of.second, before, after) : unit_action::none;
        out.push_back({of.first, of.second, change_of(before, after), action});
    }
    return out;
}

} // namespace dynix::modules
