#include "dynix/activation/preflight/hidden.hpp"

#include "dynix/host/paths.hpp"
#include "dynix/units/directives.hpp"
#include "dynix/units/environment_file.hpp"
#include "dynix/units/exec_command.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>

namespace dynix::activation {
namespace {

// The directives that together make the variables of a unit.
bool is_of_variables(std::string_view section, std::string_view key) {
    return section == "Service" && (key == "Environment" || key == "UnsetEnvironment");
}

// The variables of a unit, each as "NAME=value".
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
    if (is_of_variables(section, key))
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
        if (one.section == change.section &&
            (units::subject_name(one) == change.key ||
             (is_of_variables(change.section, change.key) && one.key == "UnsetEnvironment")))
            keys.insert(one.key);
    return keys;
}

error hidden(
    std::string const& path, std::string const& key, std::string const& unit, bool after_ours) {
    auto const* const what = key == "UnsetEnvironment"
                                 ? ", which takes out a variable that an override changes,"
                                 : ", which an override changes,";
    return make_error(
        fmt::format(
            "'{}' sets {}{} for '{}', and so hides it", path, key,
            after_ours ? " after the drop-in of dynix" : what, unit),
        after_ours
            ? fmt::format(
                  "rename that file so that it sorts before '{}', or remove it", host::drop_in_name)
            : fmt::format(
                  "take {} out of that file ('systemctl revert {}' removes what was made "
                  "with 'systemctl edit' and 'set-property', and the drop-in of dynix, which "
                  "'dynix "
                  "apply' writes again), then 'systemctl daemon-reload'",
                  key, unit));
}

// What the files of EnvironmentFile= set, by variable, and which of them does; nullopt: that is not
// known, because one cannot be read, or its name is known only when the unit starts, or a command
// of the unit may write it before.
struct set_by_file {
    std::string value;
    std::string path;
};

std::optional<std::map<std::string, set_by_file>>
set_by_files(units::unit_file const& unit, host::processes& live) {
    for (auto const* const key : {"ExecCondition", "ExecStartPre"})
        if (!unit.effective("Service", key).empty())
            return std::nullopt;
    std::map<std::string, set_by_file> found;
    for (auto path : unit.effective("Service", "EnvironmentFile")) {
        path.erase(0, path.starts_with('-') ? 1 : 0);
        if (path.find_first_of("%*?[") != std::string::npos)
            return std::nullopt;
        auto const file = live.file_seen_by(0, path);
        if (file.kind == host::file_kind::absent)
            continue;
        if (file.kind != host::file_kind::regular)
            return std::nullopt;
        for (auto& [name, value] : units::variables_of_file(file.bytes))
            found[name] = {value, path};
    }
    return found;
}

// A variable of the plan that is new or has another value, and that a file sets to something else.
result<void>
check_set_by_files(layered_unit const& layers, std::string const& unit, host::processes& live) {
    auto const before = variables(layers.planned_static);
    auto const after = units::planned_environment(layers.planned_dynamic);
    auto whole = layers.below_dynamic;
    for (auto const& one : layers.above)
        whole.append(one.second);
    auto const files = set_by_files(whole, live);
    if (!before || !after || !files)
        return {};
    for (auto const& one : *after) {
        auto const set = files->find(one.name);
        if (before->contains(one.name + '=' + one.value.show()) || set == files->end() ||
            one.value.matches(set->second.value))
            continue;
        return make_error(
            fmt::format(
                "'{}', an EnvironmentFile= of '{}', sets {}, which an override changes, and so "
                "hides it",
                set->second.path, unit, one.name),
            fmt::format("take {} out of that file: what it sets comes last", one.name));
    }
    return {};
}

// Whether a drop-in that is read after ours hides a change: any that sets the directive, but of
// Environment= only one after which the unit has not the variables that were planned.
bool hides_after(
    layered_unit const& layers, units::directive_change const& change,
    units::unit_file const& whole) {
    if (!is_of_variables(change.section, change.key))
        return true;
    auto const of = [&](units::unit_file const& text) {
        return values(text, change.section, change.key);
    };
    return hides(of(layers.planned_static), of(layers.planned_dynamic), of(whole));
}

result<void> check_above(
    layered_unit const& layers, units::directive_change const& change, std::string const& unit) {
    auto whole = layers.below_dynamic;
    for (auto const& [path, text] : layers.above) {
        whole.append(text);
        auto const keys = keys_of(text, change);
        if (!keys.empty() && hides_after(layers, change, whole))
            return hidden(path, *keys.begin(), unit, true);
    }
    return {};
}

result<void> check_below(
    layered_unit const& layers, units::directive_change const& change, std::string const& unit) {
    for (auto const& [path, text] : layers.below)
        for (auto const& key : keys_of(text, change))
            if (hides(
                    values(layers.planned_static, change.section, key),
                    values(layers.planned_dynamic, change.section, key),
                    values(layers.below_dynamic, change.section, key)))
                return hidden(path, key, unit, false);
    return {};
}

bool sets_variables(units::directive_change const& change) {
    return is_of_variables(change.section, change.key);
}

} // namespace

result<void>
check_hidden(layered_unit const& layers, std::string const& unit, host::processes& live) {
    auto planned = units::make_drop_in(layers.planned_static, layers.planned_dynamic);
    // What a drop-in cannot express is hidden all the same.
    for (auto const& one : planned.refusals)
        planned.changes.push_back({one.section, one.key, {}, {}});
    for (auto const& change : planned.changes) {
        if (auto seen = check_above(layers, change, unit); !seen)
            return seen;
        if (auto seen = check_below(layers, change, unit); !seen)
            return seen;
    }
    if (std::any_of(planned.changes.begin(), planned.changes.end(), sets_variables))
        return check_set_by_files(layers, unit, live);
    return {};
}

} // namespace dynix::activation
