#include "dynix/host/detail/listed_units.hpp"

#include "dynix/host/detail/property_calls.hpp"
#include "dynix/host/detail/property_values.hpp"

#include <list>
#include <string_view>
#include <utility>

namespace dynix::host {
namespace {

// Every loaded unit, without its run.
result<std::vector<unit_run>> list_units(sd_bus* bus) {
    bus_error failed;
    sd_bus_message* raw = nullptr;
    auto code = sd_bus_call_method(
        bus, destination, manager_path, manager_interface, "ListUnits", failed.get(), &raw, "");
    message_ptr const reply(raw);
    if (code < 0)
        return is_disconnect(code) ? not_reachable(code)
                                   : call_failed("list", "all units", failed, code);
    std::vector<unit_run> found;
    code = sd_bus_message_enter_container(raw, 'a', "(ssssssouso)");
    char const* name = nullptr;
    char const* load_state = nullptr;
    char const* active_state = nullptr;
    char const* skipped = nullptr;
    std::uint32_t job = 0;
    while (code >= 0 && (code = sd_bus_message_read(
                             raw, "(ssssssouso)", &name, &skipped, &load_state, &active_state,
                             &skipped, &skipped, &skipped, &job, &skipped, &skipped)) > 0)
        // What a device is, the kernel says.
        if (!std::string_view(name).ends_with(".device"))
            found.push_back(
                {.name = name,
                 .active_state = active_state,
                 .has_file = std::string_view(load_state) != "not-found"});
    if (code < 0)
        return not_understood("all units", code);
    return found;
}

} // namespace

result<std::vector<std::string>> read_names(sd_bus* bus) {
    auto const units = list_units(bus);
    if (!units)
        return units.error();
    std::vector<std::string> names;
    names.reserve(units->size());
    for (auto const& unit : *units)
        names.push_back(unit.name);
    return names;
}

result<std::vector<unit_run>> read_runs(sd_bus* bus) {
    auto listed = list_units(bus);
    if (!listed)
        return listed;
    auto& found = *listed;
    property_calls calls(bus);
    for (auto& unit : found)
        calls.get(unit.name, "Get", {unit_interface, "InvocationID"}, [&](sd_bus_message* from) {
            return read_variant(from, "ay", id_bytes{unit.invocation_id});
        });
    if (auto done = calls.wait(); !done)
        return done.error();
    return found;
}

result<std::vector<std::string>>
read_changed_files(sd_bus* bus, std::vector<unit_run> const& units) {
    std::list<bool> answers; // each has an address
    std::vector<std::pair<std::string const*, bool const*>> asked;
    property_calls calls(bus);
    for (auto const& unit : units) {
        if (!unit.has_file)
            continue;
        auto& changed = answers.emplace_back(false);
        asked.emplace_back(&unit.name, &changed);
        calls.get(
            unit.name, "Get", {unit_interface, "NeedDaemonReload"},
            [&changed](sd_bus_message* from) { return read_variant(from, "b", changed); });
    }
    if (auto done = calls.wait(); !done)
        return done.error();
    std::vector<std::string> found;
    for (auto const& [name, changed] : asked)
        if (*changed)
            found.push_back(*name);
    return found;
}

} // namespace dynix::host
