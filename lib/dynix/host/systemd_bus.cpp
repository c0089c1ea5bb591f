// The only file with D-Bus.
#include "dynix/host/systemd.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <optional>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-login.h>
#include <unistd.h>
#include <utility>

namespace dynix::host {
namespace {

constexpr char const* destination = "org.freedesktop.systemd1";
constexpr char const* manager_path = "/org/freedesktop/systemd1";
constexpr char const* manager_interface = "org.freedesktop.systemd1.Manager";
constexpr char const* unit_interface = "org.freedesktop.systemd1.Unit";
constexpr char const* service_interface = "org.freedesktop.systemd1.Service";
constexpr char const* properties_interface = "org.freedesktop.DBus.Properties";
constexpr char const* unit_changes =
    "type='signal',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
    "path_namespace='/org/freedesktop/systemd1/unit'";

// How often a wait for jobs is interrupted to ask whether it should go on.
constexpr auto ask_interval = milliseconds(100);
constexpr std::uint64_t call_timeout_usec = 30'000'000;
// Generators run in a reload, and systemd gives them 90 s.
constexpr std::uint64_t reload_timeout_usec = 100'000'000;

struct bus_closer {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};
struct message_closer {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using bus_ptr = std::unique_ptr<sd_bus, bus_closer>;
using message_ptr = std::unique_ptr<sd_bus_message, message_closer>;

class bus_error {
  public:
    bus_error() = default;
    bus_error(bus_error const&) = delete;
    bus_error& operator=(bus_error const&) = delete;
    ~bus_error() { sd_bus_error_free(&error_); }
    sd_bus_error* get() { return &error_; }
    bool is(char const* name) const { return sd_bus_error_has_name(&error_, name) > 0; }
    std::string text(int code) const {
        return error_.message ? error_.message : std::strerror(code < 0 ? -code : code);
    }

  private:
    sd_bus_error error_{}; // SD_BUS_ERROR_NULL, which clang takes for C only
};

bool is_disconnect(int code) {
    return code == -ENOTCONN || code == -ECONNRESET || code == -EPIPE || code == -ESHUTDOWN;
}

error not_reachable(int code) {
    return fault(
        fmt::format("cannot talk to systemd: {}", std::strerror(-code)),
        ::geteuid() == 0 ? "look at 'systemctl status', or boot this machine with systemd"
                         : "run the command as root");
}

std::optional<bus_ptr> open_private() {
    sd_bus* raw = nullptr;
    if (sd_bus_new(&raw) < 0)
        return std::nullopt;
    bus_ptr bus(raw);
    if (sd_bus_set_address(raw, "unix:path=/run/systemd/private") < 0 || sd_bus_start(raw) < 0)
        return std::nullopt;
    return bus;
}

// The private socket first, as systemctl does as root: no dbus-daemon between, and it works when
// that one does not run.
result<bus_ptr> open_bus() {
    if (::geteuid() == 0)
        if (auto bus = open_private())
            return std::move(*bus);
    sd_bus* raw = nullptr;
    if (auto const code = sd_bus_open_system(&raw); code < 0)
        return not_reachable(code);
    return bus_ptr(raw);
}

char const* job_method(job_kind kind) {
    switch (kind) {
    case job_kind::start:
        return "StartUnit";
    case job_kind::stop:
        return "StopUnit";
    case job_kind::restart:
        return "RestartUnit";
    case job_kind::try_restart:
        return "TryRestartUnit";
    }
    return "";
}

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

using readers = std::map<std::string_view, std::function<int(sd_bus_message*)>>;

// Reads those of "a{sv}" that someone asks for.
int read_properties(sd_bus_message* from, readers const& wanted) {
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

class bus_systemd : public systemd {
  public:
    result<void> connect() {
        bus_.reset();
        auto bus = open_bus();
        if (!bus)
            return bus.error();
        auto* const raw = bus->get();
        sd_bus_set_method_call_timeout(raw, call_timeout_usec);
        auto code = sd_bus_match_signal(
            raw, nullptr, nullptr, manager_path, manager_interface, "JobRemoved", on_job_removed,
            this);
        if (code >= 0)
            code = sd_bus_add_match(raw, nullptr, unit_changes, on_unit_changed, this);
        bus_error failed;
        if (code >= 0)
            code = sd_bus_call_method(
                raw, destination, manager_path, manager_interface, "Subscribe", failed.get(),
                nullptr, nullptr);
        if (code < 0)
            return not_reachable(code);
        bus_ = std::move(*bus);
        return {};
    }

    result<unit_status> status(std::string const& unit) override {
        auto reply = call("LoadUnit", "look up", unit);
        if (!reply)
            return reply.error();
        char const* path = nullptr;
        if (auto const code = sd_bus_message_read_basic(reply->get(), 'o', &path); code < 0)
            return not_understood(unit, code);
        unit_status found;
        if (auto read = read_unit(path, unit, found); !read)
            return read.error();
        if (found.name.ends_with(".service"))
            if (auto read = read_service(path, unit, found); !read)
                return read.error();
        return found;
    }

    result<bool> shutting_down() override {
        if (!bus_)
            return not_reachable(-ENOTCONN);
        bus_error failed;
        char* value = nullptr;
        auto const code = sd_bus_get_property_string(
            bus_.get(), destination, manager_path, manager_interface, "SystemState", failed.get(),
            &value);
        std::string const state = value ? value : "";
        std::free(value);
        if (code < 0)
            return call_failed("tell the state of", "the system", failed, code);
        return state == "stopping";
    }

    result<unit_timeouts> timeouts(std::string const& unit) override {
        auto const kind = unit.substr(unit.rfind('.') + 1);
        bool const service = kind == "service";
        if (!service && kind != "socket" && kind != "mount" && kind != "swap")
            return unit_timeouts();
        auto reply = call("LoadUnit", "look up", unit);
        if (!reply)
            return reply.error();
        char const* path = nullptr;
        auto code = sd_bus_message_read_basic(reply->get(), 'o', &path);
        auto const interface = fmt::format(
            "{}.{}{}", destination, static_cast<char>(kind[0] - 'a' + 'A'), kind.substr(1));
        auto const limit = [&](char const* name) {
            constexpr auto without_end = ~std::uint64_t{0};
            std::uint64_t usec = 0;
            if (code >= 0)
                code = sd_bus_get_property_trivial(
                    bus_.get(), destination, path, interface.c_str(), name, nullptr, 't', &usec);
            return usec == without_end
                       ? std::nullopt
                       : std::optional(std::chrono::ceil<milliseconds>(
                             std::chrono::microseconds(static_cast<std::int64_t>(usec))));
        };
        unit_timeouts found;
        found.start = limit(service ? "TimeoutStartUSec" : "TimeoutUSec");
        found.stop = service ? limit("TimeoutStopUSec") : found.start;
        if (code < 0)
            return not_understood(unit, code);
        return found;
    }

    std::optional<std::string> unit_of_this_process() override {
        char* name = nullptr;
        if (sd_pid_get_unit(0, &name) < 0)
            return std::nullopt;
        std::string unit(name);
        std::free(name);
        return unit;
    }

    result<void> reload() override {
        auto reply = call("Reload", "reload", {}, nullptr, reload_timeout_usec);
        if (!reply)
            return reply.error();
        return {};
    }

    result<void> reset_failed(std::string const& unit) override {
        auto reply = call("ResetFailedUnit", "reset the failures of", unit);
        if (reply)
            return {};
        // A unit that is stopped and that nothing refers to is not loaded, and has nothing to
        // forget.
        auto const now = status(unit);
        if (now && now->active_state != "failed")
            return {};
        return reply.error();
    }

    result<std::vector<job_result>>
    run(std::vector<unit_job> const& jobs, time_point deadline,
        std::function<bool()> const& give_up) override {
        removed_.clear();
        std::vector<job_result> results;
        std::vector<std::string> paths;
        for (auto const& job : jobs) {
            results.push_back({job.unit, {}});
            paths.emplace_back();
            auto reply = call(job_method(job.kind), "queue a job for", job.unit, "replace");
            char const* path = nullptr;
            if (!reply)
                results.back().result = reply.error().message;
            else if (auto const code = sd_bus_message_read_basic(reply->get(), 'o', &path);
                     code < 0)
                return not_understood(job.unit, code);
            else
                paths.back() = path;
        }
        for (;;) {
            bool all_ended = true;
            for (std::size_t i = 0; i < results.size(); ++i) {
                auto const ended = removed_.find(paths[i]);
                if (results[i].result.empty() && ended != removed_.end())
                    results[i].result = ended->second;
                all_ended = all_ended && !results[i].result.empty();
            }
            auto const left = deadline - std::chrono::steady_clock::now();
            if (all_ended)
                return results;
            if (left <= left.zero())
                return ended_early(std::move(results), "deadline");
            if (give_up && give_up())
                return ended_early(std::move(results), "interrupted");
            auto const wait = std::min(std::chrono::ceil<milliseconds>(left), ask_interval);
            if (auto waited = process_once(wait); !waited)
                return waited.error();
        }
    }

    result<void> start_transient(transient_service const& what) override {
        auto started = start_transient_on(bus_.get(), what);
        if (started)
            return started;
        // The private socket may not take file descriptors.
        sd_bus* raw = nullptr;
        if (sd_bus_open_system(&raw) < 0)
            return started;
        bus_ptr const system_bus(raw);
        return start_transient_on(raw, what);
    }

    result<void> wait_for_event(milliseconds at_most) override {
        changed_ = false;
        auto const deadline = std::chrono::steady_clock::now() + at_most;
        for (;;) {
            auto const left = deadline - std::chrono::steady_clock::now();
            if (changed_ || left <= left.zero())
                return {};
            if (auto waited = process_once(std::chrono::ceil<milliseconds>(left)); !waited)
                return waited.error();
        }
    }

  private:
    static std::vector<job_result> ended_early(std::vector<job_result> results, char const* how) {
        for (auto& one : results)
            if (one.result.empty())
                one.result = how;
        return results;
    }

    // systemd puts variables into the arguments of a command.
    static std::vector<std::string> escaped(std::vector<std::string> words) {
        for (auto& word : words)
            for (auto at = word.find('$'); at != word.npos; at = word.find('$', at + 2))
                word.insert(at, 1, '$');
        return words;
    }

    static result<void> start_transient_on(sd_bus* bus, transient_service const& what) {
        sd_bus_message* raw = nullptr;
        auto code = sd_bus_message_new_method_call(
            bus, &raw, destination, manager_path, manager_interface, "StartTransientUnit");
        message_ptr const request(raw);
        auto const then = [&code](auto call) {
            if (code >= 0)
                code = call();
        };
        auto const text = [&](char const* name, std::string const& value) {
            then([&] { return sd_bus_message_append(raw, "(sv)", name, "s", value.c_str()); });
        };
        auto const texts = [&](std::vector<std::string> const& values) {
            then([&] { return sd_bus_message_open_container(raw, 'a', "s"); });
            for (auto const& one : values)
                then([&] { return sd_bus_message_append(raw, "s", one.c_str()); });
            then([&] { return sd_bus_message_close_container(raw); });
        };
        // A property whose value no format string of sd-bus can make.
        auto const property = [&](char const* name, char const* type, auto const& value) {
            then([&] { return sd_bus_message_open_container(raw, 'r', "sv"); });
            then([&] { return sd_bus_message_append(raw, "s", name); });
            then([&] { return sd_bus_message_open_container(raw, 'v', type); });
            value();
            then([&] { return sd_bus_message_close_container(raw); });
            then([&] { return sd_bus_message_close_container(raw); });
        };
        auto const stream = [&](char const* name, int descriptor) {
            if (descriptor >= 0)
                then([&] { return sd_bus_message_append(raw, "(sv)", name, "h", descriptor); });
        };
        then([&] { return sd_bus_message_append(raw, "ss", what.name.c_str(), "fail"); });
        then([&] { return sd_bus_message_open_container(raw, 'a', "(sv)"); });
        text("Description", what.description);
        text("CollectMode", "inactive-or-failed");
        text("WorkingDirectory", what.folder);
        // Else it would wait for a boot that may itself wait for it.
        then([&] { return sd_bus_message_append(raw, "(sv)", "DefaultDependencies", "b", 0); });
        property("Environment", "as", [&] { texts(what.environment); });
        property("ExecStart", "a(sasb)", [&] {
            then([&] { return sd_bus_message_open_container(raw, 'a', "(sasb)"); });
            then([&] { return sd_bus_message_open_container(raw, 'r', "sasb"); });
            then([&] { return sd_bus_message_append(raw, "s", what.command.front().c_str()); });
            texts(escaped(what.command));
            then([&] { return sd_bus_message_append(raw, "b", 0); });
            then([&] { return sd_bus_message_close_container(raw); });
            then([&] { return sd_bus_message_close_container(raw); });
        });
        stream("StandardInputFileDescriptor", what.in);
        stream("StandardOutputFileDescriptor", what.out);
        stream("StandardErrorFileDescriptor", what.err);
        then([&] { return sd_bus_message_close_container(raw); });
        then([&] { return sd_bus_message_append(raw, "a(sa(sv))", 0); });
        bus_error failed;
        then([&] { return sd_bus_call(bus, raw, call_timeout_usec, failed.get(), nullptr); });
        if (code < 0)
            return call_failed("start", what.name, failed, code);
        return {};
    }

    static int on_job_removed(sd_bus_message* message, void* self, sd_bus_error*) {
        std::uint32_t id = 0;
        char const* job = nullptr;
        char const* unit = nullptr;
        char const* result = nullptr;
        if (sd_bus_message_read(message, "uoss", &id, &job, &unit, &result) >= 0)
            static_cast<bus_systemd*>(self)->removed_[job] = result;
        return 0;
    }

    static int on_unit_changed(sd_bus_message*, void* self, sd_bus_error*) {
        static_cast<bus_systemd*>(self)->changed_ = true;
        return 0;
    }

    static error not_understood(std::string_view unit, int code) {
        return fault(fmt::format(
            "cannot understand what systemd says about '{}': {}", unit, std::strerror(-code)));
    }

    // Handles one message, or waits for one.
    result<void> process_once(milliseconds at_most) {
        if (!bus_)
            return not_reachable(-ENOTCONN);
        auto code = sd_bus_process(bus_.get(), nullptr);
        if (code == 0) {
            auto const usec = std::chrono::microseconds(at_most).count();
            code = sd_bus_wait(bus_.get(), static_cast<std::uint64_t>(usec));
            if (code == -EINTR)
                code = 0;
        }
        if (code >= 0)
            return {};
        bus_.reset();
        return fault(
            fmt::format("the connection to systemd broke: {}", std::strerror(-code)),
            "systemd was restarting itself: run the command again");
    }

    // Calls a method of the manager whose arguments are strings. A connection that is gone is made
    // anew once.
    result<message_ptr> call(
        char const* method, std::string_view doing, std::string const& unit,
        char const* second = nullptr, std::uint64_t timeout = call_timeout_usec) {
        for (int attempt = 0;; ++attempt) {
            if (!bus_)
                if (auto connected = connect(); !connected)
                    return connected.error();
            sd_bus_message* raw = nullptr;
            auto code = sd_bus_message_new_method_call(
                bus_.get(), &raw, destination, manager_path, manager_interface, method);
            message_ptr const request(raw);
            if (code >= 0 && !unit.empty())
                code = sd_bus_message_append(raw, "s", unit.c_str());
            if (code >= 0 && second)
                code = sd_bus_message_append(raw, "s", second);
            bus_error failed;
            sd_bus_message* reply = nullptr;
            if (code >= 0)
                code = sd_bus_call(bus_.get(), raw, timeout, failed.get(), &reply);
            if (code >= 0)
                return message_ptr(reply);
            if (is_disconnect(code)) {
                bus_.reset();
                if (attempt == 0)
                    continue;
                return not_reachable(code);
            }
            return call_failed(doing, unit, failed, code);
        }
    }

    static error
    call_failed(std::string_view doing, std::string_view unit, bus_error const& failed, int code) {
        auto what = fault(fmt::format(
            "systemd cannot {} {}: {}", doing,
            unit.empty() ? std::string("its unit files") : fmt::format("'{}'", unit),
            failed.text(code)));
        if (failed.is(SD_BUS_ERROR_ACCESS_DENIED) || failed.is(SD_BUS_ERROR_AUTH_FAILED) ||
            failed.is(SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED))
            what.hint = "run the command as root";
        return what;
    }

    result<void> read_unit(char const* path, std::string const& unit, unit_status& found) {
        bus_error failed;
        sd_bus_message* raw = nullptr;
        auto code = sd_bus_call_method(
            bus_.get(), destination, path, properties_interface, "GetAll", failed.get(), &raw, "s",
            unit_interface);
        message_ptr const reply(raw);
        if (code < 0)
            return call_failed("describe", unit, failed, code);
        auto const into = [](auto& member) {
            return [&member](sd_bus_message* from) { return read_value(from, member); };
        };
        code = read_properties(
            raw, {
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
                     {"InactiveExitTimestampMonotonic", into(found.run_began_usec)},
                     {"InvocationID",
                      [&](sd_bus_message* from) {
                          return read_value(from, id_bytes{found.invocation_id});
                      }},
                 });
        if (code < 0)
            return not_understood(unit, code);
        // Sixteen zero bytes: it never ran.
        if (found.invocation_id.find_first_not_of('0') == std::string::npos)
            found.invocation_id.clear();
        return {};
    }

    // One by one: all properties of a service are some 250, a third of them counters that systemd
    // reads from the control group.
    result<void> read_service(char const* path, std::string const& unit, unit_status& found) {
        int code = 0;
        std::uint32_t main_pid = 0;
        std::uint32_t restarts = 0;
        std::int32_t exit_status = 0;
        int remains = 0;
        auto const text = [&](char const* name, std::string& to) {
            char* value = nullptr;
            if (code >= 0)
                code = sd_bus_get_property_string(
                    bus_.get(), destination, path, service_interface, name, nullptr, &value);
            if (value)
                to = value;
            std::free(value);
        };
        auto const number = [&](char const* name, char type, void* to) {
            if (code >= 0)
                code = sd_bus_get_property_trivial(
                    bus_.get(), destination, path, service_interface, name, nullptr, type, to);
        };
        text("Type", found.type);
        text("Result", found.result);
        text("ControlGroup", found.control_group);
        number("MainPID", 'u', &main_pid);
        number("NRestarts", 'u', &restarts);
        number("RemainAfterExit", 'b', &remains);
        number("ExecMainStatus", 'i', &exit_status);
        if (code < 0)
            return not_understood(unit, code);
        found.main_pid = main_pid;
        found.n_restarts = restarts;
        found.main_exit_status = exit_status;
        found.remain_after_exit = remains != 0;
        return {};
    }

    bus_ptr bus_;
    std::map<std::string, std::string> removed_; // jobs that have ended, and how
    bool changed_ = false;
};

} // namespace

result<std::unique_ptr<systemd>> connect_systemd() {
    if (sd_booted() <= 0)
        return fault(
            "systemd does not run here: there is no '/run/systemd/system'",
            "run the command on the NixOS machine itself, not in a chroot or a build");
    auto made = std::make_unique<bus_systemd>();
    if (auto connected = made->connect(); !connected)
        return connected.error();
    return std::unique_ptr<systemd>(std::move(made));
}

} // namespace dynix::host
