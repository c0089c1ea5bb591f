// What systemd must have read before a unit is restarted.
#include "dynix/activation/steps/unit_operations.hpp"

#include <fmt/format.h>

namespace dynix::activation {
namespace {

std::vector<std::string>
drop_ins_of_others(std::string const& unit, std::vector<std::string> paths, host::machine& host) {
    std::erase(paths, host.where.drop_in(unit));
    return paths;
}

// systemd must have taken a drop-in before its unit is restarted: a unit it cannot load any more
// would not come up again.
result<void> check_one(checked_unit const& unit, host::unit_load const& now, host::machine& host) {
    if (!now.loaded() && now.load_state != unit.status.load_state)
        return make_error(
            fmt::format("systemd cannot load '{}' with its drop-in: {}", unit.name, now.load_state),
            fmt::format("look at 'systemctl status {}'", unit.name));
    if (drop_ins_of_others(unit.name, now.drop_in_paths, host) !=
        drop_ins_of_others(unit.name, unit.status.drop_in_paths, host))
        return make_error(
            fmt::format("a drop-in of '{}' has come or gone while the change was made", unit.name),
            "try again");
    auto const own = host.files.read(host.where.drop_in(unit.name));
    if (!own)
        return own.error();
    if (own->value_or("") != unit.wanted.text)
        return make_error(
            fmt::format("the drop-in of '{}' is not the one that was written any more", unit.name),
            "try again");
    for (auto const& [path, text] : unit.texts) {
        auto const read = host.files.read(path);
        if (!read)
            return read.error();
        if (*read != text)
            return make_error(
                fmt::format("'{}' has changed while the change was made", path), "try again");
    }
    return {};
}

// Whether systemd has read what was written for a unit, and so all: a reload reads the files of all
// units, and for each to be asked it looks into all folders of unit files.
result<void> check_reloaded(std::string const& unit, host::machine& host) {
    auto const changed = host.units.changed_files({{.name = unit}});
    if (!changed)
        return changed.error();
    if (!changed->empty())
        return make_error(
            fmt::format("systemd has not read the drop-in of '{}', though it was asked to", unit));
    return {};
}

} // namespace

result<void> check_still_loaded(std::vector<checked_unit> const& units, host::machine& host) {
    std::vector<checked_unit const*> changed;
    std::vector<std::string> names;
    for (auto const& unit : units)
        if (unit.change != &changes::none) {
            changed.push_back(&unit);
            names.push_back(unit.name);
        }
    if (changed.empty())
        return {};
    auto const loads = host.units.loads(names);
    if (!loads)
        return loads.error();
    for (std::size_t i = 0; i < changed.size(); ++i)
        if (auto good = check_one(*changed[i], (*loads)[i], host); !good)
            return good;
    return {};
}

result<void> check_loaded(std::vector<checked_unit> const& units, host::machine& host) {
    if (auto good = check_still_loaded(units, host); !good)
        return good;
    checked_unit const* written = nullptr;
    for (auto const& unit : units)
        if (unit.change != &changes::none && (!written || !written->rewrite))
            written = &unit;
    return written ? check_reloaded(written->name, host) : result<void>();
}

} // namespace dynix::activation
