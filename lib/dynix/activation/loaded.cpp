#include "dynix/activation/loaded.hpp"

#include "dynix/units/directives.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dynix::activation {
namespace {

using loaded_properties = std::map<std::string, std::string>;

// What is written of a unit: not what ties it to others, whose view of things must not change.
bool is_its_own(units::assignment const& one) {
    if (one.section == "Unit" || one.section == "Install")
        return false;
    if (one.key == "BusName" || one.key == "Sockets" || one.key == "Service")
        return false;
    auto const* what = units::find_directive(one.section, one.key);
    return !what || what->kind != units::directive_kind::additive;
}

std::string text_of(units::unit_file const& unit) {
    std::string text = "[Unit]\nDescription=what dynix compares before it changes a unit\n"
                       "DefaultDependencies=no\n";
    std::string section;
    for (auto const& one : unit.assignments) {
        if (!is_its_own(one))
            continue;
        if (one.section != section)
            text += fmt::format("[{}]\n", one.section);
        section = one.section;
        text += fmt::format("{}={}\n", one.key, one.value);
    }
    return text;
}

// Values may contain the unit's name (systemd.unit(5), specifiers).
std::string without(std::string text, std::string_view name) {
    for (auto at = text.find(name); at != text.npos; at = text.find(name, at))
        text.erase(at, name.size());
    return text;
}

result<loaded_properties> load(
    units::unit_file const& unit, std::string const& stem, std::string_view suffix,
    host::machine& on) {
    auto const name = fmt::format("{}{}", stem, suffix);
    auto const path = fmt::format("{}/{}", on.where.runtime_units(), name);
    if (auto written = on.files.write(path, text_of(unit)); !written)
        return written.error();
    auto found = on.units.loaded_properties(name);
    auto const removed = on.files.remove(path);
    if (!found)
        return found.error();
    if (!removed)
        return removed.error();
    for (auto& [property, value] : *found)
        value = without(std::move(value), stem);
    return found;
}

bool last_counts(units::directive_change const& change) {
    auto const* what = units::find_directive(change.section, change.key);
    return change.section != "Unit" && (!what || what->kind == units::directive_kind::scalar);
}

} // namespace

result<void> check_loads_the_same(checked_unit const& unit, host::machine& on) {
    std::vector<std::string> keys;
    for (auto const& change : unit.wanted.changes)
        if (last_counts(change))
            keys.push_back(
                fmt::format("{}={}", change.key, change.after.empty() ? "" : change.after.back()));
    if (keys.empty())
        return {};
    auto with_drop_in = unit.before;
    auto const drop_in = units::parse_unit(unit.wanted.text, unit.name);
    if (!drop_in)
        return drop_in.error();
    with_drop_in.append(*drop_in);
    auto const suffix = unit.name.substr(unit.name.rfind('.'));
    auto const one = load(with_drop_in, "dynix_drop_in", suffix, on);
    if (!one)
        return one.error();
    auto const other = load(unit.after, "dynix_whole", suffix, on);
    if (!other)
        return other.error();
    std::vector<std::string> differ;
    for (auto const& [property, value] : *one)
        if (auto const found = other->find(property);
            found == other->end() || found->second != value)
            differ.push_back(property);
    if (differ.empty())
        return {};
    return fault(
        fmt::format(
            "systemd cannot read the change of '{}': with '{}' its {} would be another one in a "
            "drop-in than in the whole unit of a rebuild",
            unit.name, fmt::join(keys, "', '"), fmt::join(differ, ", ")),
        "see the messages of systemd: 'journalctl -b | grep dynix_'; then change the "
        "override");
}

} // namespace dynix::activation
