#include "dynix/host/detail/unit_properties.hpp"

#include "dynix/host/detail/property_calls.hpp"
#include "dynix/host/detail/property_values.hpp"

#include <cerrno>
#include <chrono>
#include <fmt/format.h>
#include <list>
#include <string_view>
#include <utility>

namespace dynix::host {
namespace {

constexpr char const* unit_interface = "org.freedesktop.systemd1.Unit";
constexpr char const* service_interface = "org.freedesktop.systemd1.Service";

// Sixteen zero bytes: it never ran.
void clear_if_none(std::string& invocation_id) {
    if (invocation_id.find_first_not_of('0') == std::string::npos)
        invocation_id.clear();
}

// Puts in what else relations are read from than a unit's names and states.
void want_relations(
    property_readers& wanted, unit_relations& unit, bool& condition, std::uint64_t& tried_usec) {
    wanted["StopWhenUnneeded"] = into(unit.stop_when_unneeded);
    wanted["ConditionResult"] = into(condition);
    wanted["ConditionTimestamp"] = into(tried_usec);
    for (auto const& property : link_properties())
        wanted[property] = [&](sd_bus_message* links) {
            std::vector<std::string> names;
            auto const code = read_value(links, names);
            for (auto& name : names)
                unit.links.push_back({property, std::move(name)});
            return code;
        };
}

void ask_unit(property_calls& calls, std::string const& unit, asked_status& found) {
    auto& status = found.status;
    calls.get(
        unit, "GetAll", {unit_interface},
        [&status](sd_bus_message* from) {
            property_readers wanted = {
                {"Id", into(status.name)},
                {"LoadState", into(status.load_state)},
                {"ActiveState", into(status.active_state)},
                {"SubState", into(status.sub_state)},
                {"FragmentPath", into(status.fragment_path)},
                {"DropInPaths", into(status.drop_in_paths)},
                {"Transient", into(status.transient)},
                {"NeedDaemonReload", into(status.need_daemon_reload)},
                {"FreezerState",
                 [&status](sd_bus_message* state) {
                     std::string word;
                     auto const read = read_value(state, word);
                     status.frozen = !word.empty() && word != "running";
                     return read;
                 }},
                {"RefuseManualStart", into(status.refuse_manual_start)},
                {"RefuseManualStop", into(status.refuse_manual_stop)},
                {"Triggers", into(status.triggers)},
                {"InactiveEnterTimestampMonotonic", into(status.last_inactive_usec)},
                {"ActiveEnterTimestampMonotonic", into(status.active_since_usec)},
                {"InvocationID",
                 [&status](sd_bus_message* id) {
                     return read_value(id, id_bytes{status.invocation_id});
                 }},
            };
            std::uint64_t tried_usec = 0;
            want_relations(wanted, status.relations, status.condition_result, tried_usec);
            auto const code = read_properties(from, wanted);
            status.relations.skipped_by_condition = tried_usec != 0 && !status.condition_result;
            return code;
        },
        [&found](int code) { found.code = code; });
}

// Whether a unit that such a property names is stopped with this one.
bool is_stopped_by(std::string_view property) {
    return property == "RequiredBy" || property == "RequisiteOf" || property == "BoundBy" ||
           property == "ConsistsOf";
}

// Asks for properties one by one.
auto asker(
    property_calls& calls, std::string const& unit, char const* interface, asked_status& found) {
    return [&calls, &unit, interface, &found](char const* name, char const* type, auto& to) {
        calls.get(
            unit, "Get", {interface, name},
            [&to, type](sd_bus_message* from) { return read_variant(from, type, to); },
            [&found](int code) { found.code = code; });
    };
}

// All properties of a service are some 250, a third of them counters that systemd reads from the
// control group.
void ask_service(property_calls& calls, std::string const& unit, asked_status& found) {
    auto& status = found.status;
    auto const ask = asker(calls, unit, service_interface, found);
    ask("Type", "s", status.type);
    ask("Result", "s", status.result);
    ask("ControlGroup", "s", status.control_group);
    ask("MainPID", "u", status.main_pid);
    ask("NRestarts", "u", status.n_restarts);
    ask("ExecMainStatus", "i", status.main_exit_status);
    ask("RemainAfterExit", "b", status.remain_after_exit);
}

// All properties of a unit are answered by a look into every folder of unit files
// (NeedDaemonReload): some 0.7 ms, where one of these costs 0.02.
void ask_run(property_calls& calls, std::string const& unit, asked_status& found) {
    auto& status = found.status;
    status.name = unit;
    auto const ask = asker(calls, unit, unit_interface, found);
    ask("LoadState", "s", status.load_state);
    ask("ActiveState", "s", status.active_state);
    ask("SubState", "s", status.sub_state);
    ask("ConditionResult", "b", status.condition_result);
    ask("InactiveEnterTimestampMonotonic", "t", status.last_inactive_usec);
    ask("ActiveEnterTimestampMonotonic", "t", status.active_since_usec);
    calls.get(
        unit, "Get", {unit_interface, "InvocationID"},
        [&status](sd_bus_message* from) {
            return read_variant(from, "ay", id_bytes{status.invocation_id});
        },
        [&found](int code) { found.code = code; });
}

// That of the kinds that have timeouts, else empty.
std::string interface_with_timeouts(std::string const& unit) {
    for (auto const* kind : {"Service", "Socket", "Mount", "Swap"})
        if (unit.ends_with(fmt::format(".{}{}", static_cast<char>(kind[0] - 'A' + 'a'), kind + 1)))
            return fmt::format("{}.{}", destination, kind);
    return {};
}

std::optional<milliseconds> limit(std::uint64_t usec) {
    constexpr auto without_end = ~std::uint64_t{0};
    if (usec == without_end)
        return std::nullopt;
    return std::chrono::ceil<milliseconds>(
        std::chrono::microseconds(static_cast<std::int64_t>(usec)));
}

} // namespace

result<std::vector<asked_status>>
read_statuses(sd_bus* bus, std::vector<std::string> const& units) {
    std::vector<asked_status> found(units.size());
    property_calls calls(bus);
    for (std::size_t i = 0; i < units.size(); ++i) {
        ask_unit(calls, units[i], found[i]);
        if (units[i].ends_with(".service"))
            ask_service(calls, units[i], found[i]);
    }
    if (auto done = calls.wait(); !done)
        return done.error();
    for (auto& one : found) {
        auto& status = one.status;
        clear_if_none(status.invocation_id);
        status.relations.name = status.name;
        status.relations.load_state = status.load_state;
        status.relations.active_state = status.active_state;
        for (auto const& link : status.relations.links)
            if (is_stopped_by(link.property))
                status.stopped_with_it.push_back(link.unit);
    }
    return found;
}

result<std::vector<asked_status>>
read_statuses_of_runs(sd_bus* bus, std::vector<std::string> const& units) {
    std::vector<asked_status> found(units.size());
    property_calls calls(bus);
    for (std::size_t i = 0; i < units.size(); ++i) {
        ask_run(calls, units[i], found[i]);
        if (units[i].ends_with(".service"))
            ask_service(calls, units[i], found[i]);
    }
    if (auto done = calls.wait(); !done)
        return done.error();
    for (auto& one : found)
        clear_if_none(one.status.invocation_id);
    return found;
}

result<std::vector<unit_load>> read_loads(sd_bus* bus, std::vector<std::string> const& units) {
    std::vector<unit_load> found(units.size());
    int code = 0;
    std::string refused;
    property_calls calls(bus);
    for (std::size_t i = 0; i < units.size(); ++i) {
        auto const ask = [&](char const* name, char const* type, auto& to) {
            calls.get(
                units[i], "Get", {unit_interface, name},
                [&to, type](sd_bus_message* from) { return read_variant(from, type, to); },
                [&code, &refused, &unit = units[i]](int why) {
                    code = why;
                    refused = unit;
                });
        };
        ask("LoadState", "s", found[i].load_state);
        ask("DropInPaths", "as", found[i].drop_in_paths);
    }
    if (auto done = calls.wait(); !done)
        return done.error();
    if (code < 0)
        return not_understood(refused, code);
    return found;
}

result<std::vector<unit_timeouts>>
read_timeouts(sd_bus* bus, std::vector<std::string> const& units) {
    struct limits {
        std::uint64_t start = 0;
        std::uint64_t stop = 0;
    };
    std::vector<limits> found(units.size());
    int code = 0;
    property_calls calls(bus);
    for (std::size_t i = 0; i < units.size(); ++i) {
        auto const interface = interface_with_timeouts(units[i]);
        auto const ask = [&](char const* name, std::uint64_t& to) {
            calls.get(
                units[i], "Get", {interface.c_str(), name},
                [&to](sd_bus_message* from) { return read_variant(from, "t", to); },
                [&code](int why) { code = why; });
        };
        if (interface == service_interface) {
            ask("TimeoutStartUSec", found[i].start);
            ask("TimeoutStopUSec", found[i].stop);
        } else if (!interface.empty()) {
            ask("TimeoutUSec", found[i].start);
        }
    }
    if (auto done = calls.wait(); !done)
        return done.error();
    if (code < 0)
        return not_understood("its jobs", code);
    std::vector<unit_timeouts> out;
    for (std::size_t i = 0; i < units.size(); ++i) {
        auto const start = limit(found[i].start);
        out.push_back({start, units[i].ends_with(".service") ? limit(found[i].stop) : start});
    }
    return out;
}

int read_end(sd_bus_message* signal, unit_end& found) {
    char const* interface = nullptr;
    auto const code = sd_bus_message_read_basic(signal, SD_BUS_TYPE_STRING, &interface);
    if (code < 0 || std::string_view(interface) != service_interface)
        return code;
    return read_properties(
        signal, {{"Result", into(found.result)}, {"ExecMainStatus", into(found.status)}});
}

std::vector<std::string> const& link_properties() {
    static std::vector<std::string> const all = {
        "Requires",    "Requisite",   "Wants",        "BindsTo",          "Upholds",
        "RequiredBy",  "RequisiteOf", "WantedBy",     "BoundBy",          "UpheldBy",
        "ConsistsOf",  "Conflicts",   "ConflictedBy", "PropagatesStopTo", "OnFailure",
        "OnFailureOf", "OnSuccess",   "OnSuccessOf",  "TriggeredBy",      "PropagatesReloadTo"};
    return all;
}

result<std::vector<unit_relations>>
read_relations(sd_bus* bus, std::vector<std::string> const& units) {
    std::vector<unit_relations> found(units.size());
    property_calls calls(bus);
    for (std::size_t i = 0; i < units.size(); ++i) {
        auto& unit = found[i];
        unit.name = units[i];
        unit.load_state = "not-found";
        unit.active_state = "inactive";
        calls.get(units[i], "GetAll", {unit_interface}, [&unit](sd_bus_message* from) {
            bool condition = true;
            std::uint64_t tried_usec = 0;
            property_readers wanted{
                {"Id", into(unit.name)},
                {"LoadState", into(unit.load_state)},
                {"ActiveState", into(unit.active_state)},
            };
            want_relations(wanted, unit, condition, tried_usec);
            auto const code = read_properties(from, wanted);
            unit.skipped_by_condition = tried_usec != 0 && !condition;
            return code;
        });
    }
    if (auto done = calls.wait(); !done)
        return done.error();
    return found;
}

result<std::vector<unit_run>> read_runs(sd_bus* bus) {
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
    property_calls calls(bus);
    for (auto& unit : found)
        calls.get(unit.name, "Get", {unit_interface, "InvocationID"}, [&](sd_bus_message* from) {
            auto const read = read_variant(from, "ay", id_bytes{unit.invocation_id});
            clear_if_none(unit.invocation_id);
            return read;
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
