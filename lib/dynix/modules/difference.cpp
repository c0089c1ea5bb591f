#include "dynix/modules/difference.hpp"

#include "dynix/units/switch_policy.hpp"
#include "dynix/units/unit_file.hpp"

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

unit_action action_on(text const& before, text const& after) {
    if (!after || after->starts_with("(masked)"))
        return before ? unit_action::stop : unit_action::none;
    if (!before || before->starts_with("(masked)"))
        return is_wanted(*after) ? unit_action::start : unit_action::none;
    auto const unit = units::parse_unit(*after, "unit");
    if (!unit)
        return unit_action::restart;
    switch (units::read_switch_policy(*unit)) {
    case units::switch_policy::reload:
        return unit_action::reload;
    case units::switch_policy::leave:
        return unit_action::none;
    case units::switch_policy::restart:
        break;
    }
    return unit_action::restart;
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
        auto const action = of.first == "unit" ? action_on(before, after) : unit_action::none;
        out.push_back({of.first, of.second, change_of(before, after), action});
    }
    return out;
}

} // namespace dynix::modules
