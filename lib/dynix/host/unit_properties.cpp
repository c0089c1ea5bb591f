#include "dynix/host/detail/unit_properties.hpp"

#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <functional>
#include <list>
#include <map>
#include <string_view>
#include <utility>

namespace dynix::host {
namespace {

constexpr char const* unit_interface = "org.freedesktop.systemd1.Unit";
constexpr char const* service_interface = "org.freedesktop.systemd1.Service";
constexpr char const* properties_interface = "org.freedesktop.DBus.Properties";

// Readers of one variant's content, by what it is read into.
int read_value(sd_bus_message* from, std::string& to) {
    char const* text = nullptr;
    auto const code = sd_bus_message_read_basic(from, SD_BUS_TYPE_STRING, &text);
    if (code >= 0)
        to = text;
    return code;
}
int read_value(sd_bus_message* from, bool& to) {
    int value = 0;
    auto const code = sd_bus_message_read_basic(from, SD_BUS_TYPE_BOOLEAN, &value);
    to = value != 0;
    return code;
}
int read_value(sd_bus_message* from, std::uint64_t& to) {
    return sd_bus_message_read_basic(from, SD_BUS_TYPE_UINT64, &to);
}
// Puts them behind what is there.
int read_value(sd_bus_message* from, std::vector<std::string>& to) {
    char** texts = nullptr;
    auto const code = sd_bus_message_read_strv(from, &texts);
    for (auto** text = texts; text && *text; ++text) {
        to.emplace_back(*text);
        std::free(*text);
    }
    std::free(texts);
    return code;
}

// The InvocationID's 16 bytes as systemctl shows them.
struct id_bytes {
    std::string& text;
};
int read_value(sd_bus_message* from, id_bytes to) {
    void const* bytes = nullptr;
    std::size_t size = 0;
    auto const code = sd_bus_message_read_array(from, SD_BUS_TYPE_BYTE, &bytes, &size);
    to.text.clear();
    for (std::size_t i = 0; code >= 0 && i < size; ++i)
        to.text += fmt::format("{:02x}", static_cast<unsigned char const*>(bytes)[i]);
    return code;
}

using property_readers = std::map<std::string_view, std::function<int(sd_bus_message*)>>;

// Reads those of "a{sv}" that someone asks for.
int read_properties(sd_bus_message* from, property_readers const& wanted) {
    auto code = sd_bus_message_enter_container(from, 'a', "{sv}");
    while (code >= 0 && (code = sd_bus_message_enter_container(from, 'e', "sv")) > 0) {
        char const* name = nullptr;
        char const* type = nullptr;
        code = sd_bus_message_read_basic(from, 's', &name);
        auto const found = code >= 0 ? wanted.find(name) : wanted.end();
        if (code < 0)
            return code;
        if (found == wanted.end()) {
            code = sd_bus_message_skip(from, "v");
        } else if ((code = sd_bus_message_peek_type(from, nullptr, &type)) >= 0) {
            code = sd_bus_message_enter_container(from, 'v', type);
            if (code >= 0)
                code = found->second(from);
            if (code >= 0)
                code = sd_bus_message_exit_container(from);
        }
        if (code >= 0)
            code = sd_bus_message_exit_container(from);
    }
    return code;
}

template <class T>
auto into(T& member) {
    return [&member](sd_bus_message* from) { return read_value(from, member); };
}

// Calls whose answers are read in the order in which they come.
class batch {
  public:
    using reader = std::function<int(sd_bus_message*)>;

    explicit batch(sd_bus* bus) : bus_(bus) {}
    batch(batch const&) = delete;
    batch& operator=(batch const&) = delete;

    // An answer that is an error is not read.
    void
    get(std::string const& unit, char const* method, std::vector<char const*> const& words,
        reader read) {
        if (code_ < 0)
            return;
        char* path = nullptr;
        code_ = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path);
        sd_bus_message* raw = nullptr;
        if (code_ >= 0)
            code_ = sd_bus_message_new_method_call(
                bus_, &raw, destination, path, properties_interface, method);
        std::free(path);
        message_ptr const request(raw);
        for (auto const* word : words)
            if (code_ >= 0)
                code_ = sd_bus_message_append(raw, "s", word);
        calls_.push_back({this, std::move(read), nullptr});
        sd_bus_slot* slot = nullptr;
        if (code_ >= 0)
            code_ =
                sd_bus_call_async(bus_, &slot, raw, on_answer, &calls_.back(), call_timeout_usec);
        calls_.back().slot.reset(slot);
        waiting_ += code_ >= 0;
    }

    // Returns when every answer has been read.
    result<void> wait() {
        while (code_ >= 0 && waiting_ > 0) {
            code_ = sd_bus_process(bus_, nullptr);
            if (code_ == 0)
                code_ = sd_bus_wait(bus_, UINT64_MAX);
            if (code_ == -EINTR)
                code_ = 0;
        }
        if (code_ < 0)
            return is_disconnect(code_) ? not_reachable(code_) : not_understood("all units", code_);
        return {};
    }

  private:
    struct call {
        batch* all;
        reader read;
        slot_ptr slot;
    };

    static int on_answer(sd_bus_message* answer, void* data, sd_bus_error*) {
        auto& one = *static_cast<call*>(data);
        --one.all->waiting_;
        if (sd_bus_message_is_method_error(answer, nullptr) > 0)
            return 0;
        if (auto const code = one.read(answer); code < 0)
            one.all->code_ = code;
        return 0;
    }

    sd_bus* bus_;
    std::list<call> calls_; // the callbacks hold their addresses
    std::size_t waiting_ = 0;
    int code_ = 0;
};

// Reads what a variant holds.
template <class T>
int read_variant(sd_bus_message* from, char const* type, T&& to) {
    auto code = sd_bus_message_enter_container(from, 'v', type);
    if (code >= 0)
        code = read_value(from, std::forward<T>(to));
    return code;
}

// Sixteen zero bytes: it never ran.
void clear_if_none(std::string& invocation_id) {
    if (invocation_id.find_first_not_of('0') == std::string::npos)
        invocation_id.clear();
}

} // namespace

result<void> read_unit(sd_bus* bus, char const* path, std::string const& unit, unit_status& found) {
    bus_error failed;
    sd_bus_message* raw = nullptr;
    auto code = sd_bus_call_method(
        bus, destination, path, properties_interface, "GetAll", failed.get(), &raw, "s",
        unit_interface);
    message_ptr const reply(raw);
    if (code < 0)
        return call_failed("describe", unit, failed, code);
    code = read_properties(
        raw,
        {
            {"Id", into(found.name)},
            {"LoadState", into(found.load_state)},
            {"ActiveState", into(found.active_state)},
            {"SubState", into(found.sub_state)},
            {"FragmentPath", into(found.fragment_path)},
            {"DropInPaths", into(found.drop_in_paths)},
            {"Transient", into(found.transient)},
            {"NeedDaemonReload", into(found.need_daemon_reload)},
            {"FreezerState",
             [&](sd_bus_message* from) {
                 std::string state;
                 auto const read = read_value(from, state);
                 found.frozen = !state.empty() && state != "running";
                 return read;
             }},
            {"RefuseManualStart", into(found.refuse_manual_start)},
            {"RefuseManualStop", into(found.refuse_manual_stop)},
            {"ConditionResult", into(found.condition_result)},
            {"Triggers", into(found.triggers)},
            {"RequiredBy", into(found.stopped_with_it)},
            {"RequisiteOf", into(found.stopped_with_it)},
            {"BoundBy", into(found.stopped_with_it)},
            {"ConsistsOf", into(found.stopped_with_it)},
            {"InactiveEnterTimestampMonotonic", into(found.last_inactive_usec)},
            {"ActiveEnterTimestampMonotonic", into(found.active_since_usec)},
            {"InvocationID",
             [&](sd_bus_message* from) { return read_value(from, id_bytes{found.invocation_id}); }},
        });
    if (code < 0)
        return not_understood(unit, code);
    clear_if_none(found.invocation_id);
    return {};
}

// One by one: all properties of a service are some 250, a third of them counters that systemd
// reads from the control group.
result<void>
read_service(sd_bus* bus, char const* path, std::string const& unit, unit_status& found) {
    int code = 0;
    std::uint32_t main_pid = 0;
    std::uint32_t restarts = 0;
    std::int32_t exit_status = 0;
    int remain_after_exit = 0;
    auto const text = [&](char const* name, std::string& to) {
        char* value = nullptr;
        if (code >= 0)
            code = sd_bus_get_property_string(
                bus, destination, path, service_interface, name, nullptr, &value);
        if (value)
            to = value;
        std::free(value);
    };
    auto const number = [&](char const* name, char type, void* to) {
        if (code >= 0)
            code = sd_bus_get_property_trivial(
                bus, destination, path, service_interface, name, nullptr, type, to);
    };
    text("Type", found.type);
    text("Result", found.result);
    text("ControlGroup", found.control_group);
    number("MainPID", 'u', &main_pid);
    number("NRestarts", 'u', &restarts);
    number("ExecMainStatus", 'i', &exit_status);
    number("RemainAfterExit", 'b', &remain_after_exit);
    if (code < 0)
        return not_understood(unit, code);
    found.remain_after_exit = remain_after_exit != 0;
    found.main_pid = main_pid;
    found.n_restarts = restarts;
    found.main_exit_status = exit_status;
    return {};
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
    batch calls(bus);
    for (std::size_t i = 0; i < units.size(); ++i) {
        auto& unit = found[i];
        unit.name = units[i];
        unit.load_state = "not-found";
        unit.active_state = "inactive";
        calls.get(units[i], "GetAll", {unit_interface}, [&unit](sd_bus_message* from) {
            bool condition = true;
            std::uint64_t condition_usec = 0;
            property_readers wanted{
                {"Id", into(unit.name)},
                {"LoadState", into(unit.load_state)},
                {"ActiveState", into(unit.active_state)},
                {"StopWhenUnneeded", into(unit.stop_when_unneeded)},
                {"ConditionResult", into(condition)},
                {"ConditionTimestamp", into(condition_usec)},
            };
            for (auto const& property : link_properties())
                wanted[property] = [&](sd_bus_message* links) {
                    std::vector<std::string> names;
                    auto const code = read_value(links, names);
                    for (auto& name : names)
                        unit.links.push_back({property, std::move(name)});
                    return code;
                };
            auto const code = read_properties(from, wanted);
            unit.skipped_by_condition = condition_usec != 0 && !condition;
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
    char const* active_state = nullptr;
    char const* skipped = nullptr;
    std::uint32_t job = 0;
    while (code >= 0 && (code = sd_bus_message_read(
                             raw, "(ssssssouso)", &name, &skipped, &skipped, &active_state,
                             &skipped, &skipped, &skipped, &job, &skipped, &skipped)) > 0)
        // What a device is, the kernel says.
        if (!std::string_view(name).ends_with(".device"))
            found.push_back({.name = name, .active_state = active_state});
    if (code < 0)
        return not_understood("all units", code);
    batch calls(bus);
    for (auto& unit : found) {
        calls.get(unit.name, "Get", {unit_interface, "InvocationID"}, [&](sd_bus_message* from) {
            auto const read = read_variant(from, "ay", id_bytes{unit.invocation_id});
            clear_if_none(unit.invocation_id);
            return read;
        });
        calls.get(
            unit.name, "Get", {unit_interface, "NeedDaemonReload"},
            [&](sd_bus_message* from) { return read_variant(from, "b", unit.need_daemon_reload); });
    }
    if (auto done = calls.wait(); !done)
        return done.error();
    return found;
}

} // namespace dynix::host
