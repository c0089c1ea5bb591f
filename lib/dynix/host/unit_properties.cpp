#include "dynix/host/detail/unit_properties.hpp"

#include "dynix/host/detail/listed_units.hpp"
#include "dynix/host/detail/property_calls.hpp"
#include "dynix/host/detail/property_values.hpp"

#include <cerrno>
#include <chrono>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace dynix::host {
namespace {

constexpr char const* service_interface = "org.freedesktop.systemd1.Service";

// Whether a unit that such a property names is stopped with this one.
bool is_stopped_by(std::string_view property) {
    return property == "RequiredBy" || property == "RequisiteOf" || property == "BoundBy" ||
           property == "ConsistsOf" || property == "PropagatesStopTo";
}

// Asks for properties one by one. To ask for all of a unit costs 3.4 ms after a reload, when
// systemd looks for the unit's UnitFileState= in all folders and reads all presets, and 0.6 ms for
// NeedDaemonReload= at any time; one of the others costs 0.015. Of the 250 of a service a third are
// counters that systemd reads from the control group. `refused` takes a negative errno.
auto asker(
    property_calls& calls, std::string const& unit, char const* interface,
    property_calls::refusal refused) {
    return [&calls, &unit, interface,
            refused = std::move(refused)](char const* name, char const* type, auto& to) {
        calls.get(
            unit, "Get", {interface, name},
            [&to, type](sd_bus_message* from) { return read_variant(from, type, to); }, refused);
    };
}

property_calls::refusal noted(asked_status& found) {
    return [&found](int code) {
        // That there is no such unit says less than any other refusal.
        if (found.code >= 0 || is_no_unit(found.code))
            found.code = code;
    };
}

// An older systemd lacks some of these, and has nothing to say of them.
property_calls::refusal noted_unless_unknown(property_calls::refusal note) {
    return [note = std::move(note)](int code) {
        if (code != -EBADR && note)
            note(code);
    };
}

void ask_links(
    property_calls& calls, std::string const& unit, std::vector<std::string> const& properties,
    unit_relations& to, property_calls::refusal const& refused) {
    for (auto const& property : properties)
        calls.get(
            unit, "Get", {unit_interface, property.c_str()},
            [&to, &property](sd_bus_message* from) {
                std::vector<std::string> names;
                auto const code = read_variant(from, "as", names);
                for (auto& name : names)
                    to.links.push_back({property, std::move(name)});
                return code;
            },
            noted_unless_unknown(refused));
}

// What a call for all of them has (read_states).
void ask_state(property_calls& calls, std::string const& unit, asked_status& found) {
    auto const ask = asker(calls, unit, unit_interface, noted(found));
    ask("Id", "s", found.status.name);
    ask("LoadState", "s", found.status.load_state);
    ask("ActiveState", "s", found.status.active_state);
    ask("SubState", "s", found.status.sub_state);
    calls.list(
        {unit},
        [&found](sd_bus_message* from) {
            std::vector<listed_unit> listed;
            auto const code = read_listed(from, listed);
            if (!listed.empty())
                found.status.job = std::move(listed.front().job);
            return code;
        },
        {}); // of one that cannot be loaded there is no job
}

// The states of all of them at one moment, for a fifth of what a property of each costs.
result<void>
read_states(sd_bus* bus, std::vector<std::string> const& units, std::vector<asked_status>& found) {
    std::vector<listed_unit> listed;
    property_calls calls(bus);
    if (!units.empty())
        calls.list(units, [&](sd_bus_message* from) { return read_listed(from, listed); });
    if (auto done = calls.wait(); !done)
        return done;
    // It lists none where it cannot load one, and leaves out what is no name of a unit.
    bool const all = listed.size() == units.size();
    for (std::size_t i = 0; i < units.size(); ++i) {
        auto& status = found[i].status;
        if (!all) {
            ask_state(calls, units[i], found[i]);
            continue;
        }
        status.name = std::move(listed[i].name);
        status.load_state = std::move(listed[i].load_state);
        status.active_state = std::move(listed[i].active_state);
        status.sub_state = std::move(listed[i].sub_state);
        status.job = std::move(listed[i].job);
    }
    return calls.wait();
}

void ask_restarts(property_calls& calls, std::string const& unit, asked_status& found) {
    if (unit.ends_with(".service"))
        asker(calls, unit, service_interface, noted(found))(
            "NRestarts", "u", found.status.n_restarts);
}

// What tells of a run that is up, besides its state.
void ask_run(property_calls& calls, std::string const& unit, asked_status& found) {
    auto& status = found.status;
    auto const ask = asker(calls, unit, unit_interface, noted(found));
    ask("InactiveEnterTimestampMonotonic", "t", status.last_inactive_usec);
    calls.get(
        unit, "Get", {unit_interface, "InvocationID"},
        [&status](sd_bus_message* from) {
            return read_variant(from, "ay", id_bytes{status.invocation_id});
        },
        noted(found));
    if (!unit.ends_with(".service"))
        return;
    auto const ask_service = asker(calls, unit, service_interface, noted(found));
    ask_service("Type", "s", status.type);
    ask_service("ControlGroup", "s", status.control_group);
    ask_service("MainPID", "u", status.main_pid);
    ask_restarts(calls, unit, found);
}

void ask_condition(property_calls& calls, std::string const& unit, asked_status& found) {
    auto const ask = asker(calls, unit, unit_interface, noted(found));
    ask("ConditionResult", "b", found.status.condition_result);
    ask("ConditionTimestamp", "t", found.tried_usec);
}

// systemd says that the condition of a unit does not hold, too, when it has never looked at it.
void weigh_conditions(std::vector<asked_status>& all) {
    for (auto& one : all)
        one.status.condition_result = one.status.condition_result || one.tried_usec == 0;
}

// Why a service is not up, and what becomes of it.
void ask_end(property_calls& calls, std::string const& unit, asked_status& found) {
    auto& status = found.status;
    if (!unit.ends_with(".service"))
        return;
    auto const ask = asker(calls, unit, service_interface, noted(found));
    ask("Result", "s", status.result);
    ask("ExecMainStatus", "i", status.main_exit_status);
    ask("RemainAfterExit", "b", status.remain_after_exit);
}

// What it is, whatever it does.
void ask_unit(property_calls& calls, std::string const& unit, asked_status& found) {
    auto& status = found.status;
    auto const ask = asker(calls, unit, unit_interface, noted(found));
    ask("FragmentPath", "s", status.fragment_path);
    ask("DropInPaths", "as", status.drop_in_paths);
    ask("Transient", "b", status.transient);
    ask("RefuseManualStart", "b", status.refuse_manual_start);
    ask("RefuseManualStop", "b", status.refuse_manual_stop);
    // No service triggers anything (systemd.unit(5)).
    if (!unit.ends_with(".service"))
        ask("Triggers", "as", status.triggers);
    calls.get(
        unit, "Get", {unit_interface, "FreezerState"},
        [&status](sd_bus_message* from) {
            std::string word;
            auto const code = read_variant(from, "s", word);
            status.frozen = !word.empty() && word != "running";
            return code;
        },
        noted_unless_unknown(noted(found)));
}

// That of the kinds that have timeouts, else empty.
std::string interface_with_timeouts(std::string const& unit) {
    for (auto const* kind : {"Service", "Socket", "Mount", "Swap"})
        if (unit.ends_with(fmt::format(".{}{}", static_cast<char>(kind[0] - 'A' + 'a'), kind + 1)))
            return fmt::format("{}.{}", destination, kind);
    return {};
}

// Their states, and what they have to do with others by these properties; `ask` asks for more of
// each.
template <class Ask>
result<std::vector<asked_status>> read_linked(
    sd_bus* bus, std::vector<std::string> const& units, std::vector<std::string> const& properties,
    Ask const& ask) {
    std::vector<asked_status> found(units.size());
    if (auto states = read_states(bus, units, found); !states)
        return states.error();
    property_calls calls(bus);
    for (std::size_t i = 0; i < units.size(); ++i) {
        auto& one = found[i];
        ask(calls, units[i], one);
        ask_links(calls, units[i], properties, one.status.relations, noted(one));
        if (!one.status.active())
            ask_condition(calls, units[i], one);
    }
    if (auto done = calls.wait(); !done)
        return done.error();
    weigh_conditions(found);
    for (auto& one : found) {
        auto const& status = one.status;
        auto& relations = one.status.relations;
        relations.name = status.name;
        relations.load_state = status.load_state;
        relations.active_state = status.active_state;
        relations.skipped_by_condition = !status.condition_result;
    }
    return found;
}

// What of a unit's run is asked: of one that is up by `ask_if_up`, of another all of it.
template <class Ask>
result<std::vector<asked_status>>
read_those_of_runs(sd_bus* bus, std::vector<std::string> const& units, Ask const& ask_if_up) {
    std::vector<asked_status> found(units.size());
    if (auto states = read_states(bus, units, found); !states)
        return states.error();
    property_calls calls(bus);
    for (std::size_t i = 0; i < units.size(); ++i) {
        found[i].status.name = units[i];
        if (found[i].status.active()) {
            ask_if_up(calls, units[i], found[i]);
            continue;
        }
        ask_run(calls, units[i], found[i]);
        ask_condition(calls, units[i], found[i]);
        ask_end(calls, units[i], found[i]);
    }
    if (auto done = calls.wait(); !done)
        return done.error();
    weigh_conditions(found);
    return found;
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
    auto read = read_linked(
        bus, units, job_properties(),
        [](property_calls& calls, std::string const& unit, asked_status& found) {
            ask_run(calls, unit, found);
            ask_unit(calls, unit, found);
            if (!found.status.active())
                ask_end(calls, unit, found);
        });
    if (!read)
        return read;
    property_calls calls(bus);
    for (std::size_t i = 0; i < units.size(); ++i) {
        auto& status = (*read)[i].status;
        for (auto const& link : status.relations.links)
            if (is_stopped_by(link.property))
                status.stopped_with_it.push_back(link.unit);
        // Since when it is up counts only for one that systemd starts again and again.
        if (status.n_restarts != 0)
            asker(calls, units[i], unit_interface, noted((*read)[i]))(
                "ActiveEnterTimestampMonotonic", "t", status.active_since_usec);
    }
    if (auto done = calls.wait(); !done)
        return done.error();
    return read;
}

result<std::vector<asked_status>>
read_statuses_of_runs(sd_bus* bus, std::vector<std::string> const& units) {
    return read_those_of_runs(bus, units, ask_run);
}

result<std::vector<asked_status>>
read_statuses_of_ends(sd_bus* bus, std::vector<std::string> const& units) {
    return read_those_of_runs(bus, units, ask_restarts);
}

result<std::vector<unit_load>> read_loads(sd_bus* bus, std::vector<std::string> const& units) {
    std::vector<asked_status> states(units.size());
    if (auto read = read_states(bus, units, states); !read)
        return read.error();
    property_calls calls(bus);
    for (std::size_t i = 0; i < units.size(); ++i)
        asker(calls, units[i], unit_interface, noted(states[i]))(
            "DropInPaths", "as", states[i].status.drop_in_paths);
    if (auto done = calls.wait(); !done)
        return done.error();
    std::vector<unit_load> found;
    found.reserve(units.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
        auto& status = states[i].status;
        if (states[i].code < 0)
            return not_understood(units[i], states[i].code);
        found.push_back({std::move(status.load_state), std::move(status.drop_in_paths)});
    }
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
        auto const ask =
            asker(calls, units[i], interface.c_str(), [&code](int why) { code = why; });
        if (interface == service_interface) {
            ask("TimeoutStartUSec", "t", found[i].start);
            ask("TimeoutStopUSec", "t", found[i].stop);
        } else if (!interface.empty()) {
            ask("TimeoutUSec", "t", found[i].start);
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

result<std::vector<unit_relations>>
read_relations(sd_bus* bus, std::vector<std::string> const& units) {
    auto read = read_linked(
        bus, units, link_properties(),
        [](property_calls& calls, std::string const& unit, asked_status& found) {
            asker(calls, unit, unit_interface, noted(found))(
                "StopWhenUnneeded", "b", found.status.relations.stop_when_unneeded);
        });
    if (!read)
        return read.error();
    std::vector<unit_relations> out;
    out.reserve(units.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
        auto& one = (*read)[i];
        if (one.code < 0 && !is_no_unit(one.code))
            return not_understood(units[i], one.code);
        auto& relations = out.emplace_back(std::move(one.status.relations));
        // Of a name that no unit can have nothing is known.
        if (one.code < 0) {
            relations.name = units[i];
            relations.load_state = "not-found";
            relations.active_state = "inactive";
        }
    }
    return out;
}

} // namespace dynix::host
