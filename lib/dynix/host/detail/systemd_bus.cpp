#include "dynix/host/detail/listed_units.hpp"
#include "dynix/host/detail/newer_files.hpp"
#include "dynix/host/detail/read_units.hpp"
#include "dynix/host/detail/transient_unit.hpp"
#include "dynix/host/detail/unit_command.hpp"
#include "dynix/host/detail/unit_properties.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <systemd/sd-daemon.h>
#include <systemd/sd-login.h>
#include <utility>
#include <variant>

namespace dynix::host {
namespace {

constexpr char const* unit_changes =
    "type='signal',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
    "path_namespace='/org/freedesktop/systemd1/unit'";

// How often a wait for jobs is interrupted to ask whether it should go on.
constexpr auto ask_interval = milliseconds(100);
// Generators run in a reload, and systemd gives them 90 s.
constexpr std::uint64_t reload_timeout_usec = 100'000'000;

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
    case job_kind::reload:
        return "ReloadUnit";
    }
    return "";
}

int append_argument(sd_bus_message* to, unit_call::argument const& what) {
    auto const* const text = std::get_if<std::string>(&what);
    return text ? sd_bus_message_append(to, "s", text->c_str())
                : sd_bus_message_append(to, "i", std::get<std::int32_t>(what));
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

    std::vector<result<unit_status>> statuses(std::vector<std::string> const& units) override {
        return each(units, on_bus([&](sd_bus* bus) { return read_statuses(bus, units); }));
    }

    std::vector<result<unit_status>> runs_of(std::vector<std::string> const& units) override {
        return each(units, on_bus([&](sd_bus* bus) { return read_statuses_of_runs(bus, units); }));
    }

    std::vector<result<unit_status>> ends_of(std::vector<std::string> const& units) override {
        return each(units, on_bus([&](sd_bus* bus) { return read_statuses_of_ends(bus, units); }));
    }

    result<std::vector<unit_load>> loads(std::vector<std::string> const& units) override {
        return on_bus([&](sd_bus* bus) { return read_loads(bus, units); });
    }

    result<bool> shutting_down() override {
        if (auto connected = stay_connected(); !connected)
            return connected.error();
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

    result<std::vector<unit_timeouts>> timeouts(std::vector<std::string> const& units) override {
        return on_bus([&](sd_bus* bus) { return read_timeouts(bus, units); });
    }

    std::optional<std::string> unit_of_this_process() override {
        char* name = nullptr;
        if (sd_pid_get_unit(0, &name) < 0)
            return std::nullopt;
        std::string unit(name);
        std::free(name);
        return unit;
    }

    result<std::vector<unit_relations>> relations(std::vector<std::string> const& units) override {
        return on_bus([&](sd_bus* bus) { return read_relations(bus, units); });
    }

    result<std::vector<unit_run>> runs(std::vector<std::string> const& planned) override {
        return on_bus([&](sd_bus* bus) { return read_runs(bus, planned); });
    }

    result<std::vector<std::string>> loaded_units() override { return on_bus(read_names); }

    result<std::vector<std::string>> changed_files(std::vector<unit_run> const& units) override {
        return on_bus([&](sd_bus* bus) { return read_changed_files(bus, units); });
    }

    result<std::vector<std::string>>
    changed_files_among(std::vector<unit_run> const& units) override {
        return on_bus(
            [&](sd_bus* bus) { return read_changed_files(bus, may_have_changed(bus, units)); });
    }

    result<std::vector<unit_reading>> read_units(std::vector<unit_text> const& units) override {
        return host::read_units(units, *process::make_runner());
    }

    result<void> reload() override {
        // Else the next look for changed files would ask for every unit, which takes systemd 3 ms
        // each, because a folder of unit files got a name just now.
        let_a_tick_pass();
        auto reply = call({.method = "Reload", .doing = "reload"}, reload_timeout_usec);
        if (!reply)
            return reply.error();
        return {};
    }

    result<void> call(unit_call const& what) override {
        auto reply = call(what, call_timeout_usec);
        return reply ? result<void>() : reply.error();
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
            auto reply = call(
                {job_method(job.kind), "queue a job for", job.unit, {"replace"}},
                call_timeout_usec);
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
        if (auto connected = stay_connected(); !connected)
            return connected;
        auto started = start_transient_on(bus_.get(), what);
        // The private socket may not take file descriptors.
        if (!started)
            if (auto const system_bus = open_system_bus())
                started = start_transient_on(system_bus.get(), what);
        return started ? result<void>() : started.error();
    }

    result<command_end>
    run_command(unit_command const& what, std::function<bool()> const& give_up) override {
        if (auto connected = stay_connected(); !connected)
            return connected.error();
        return run_command_on(bus_.get(), what, unit_of_this_process(), give_up);
    }

    result<void> start_timer(transient_timer const& what) override {
        if (auto connected = stay_connected(); !connected)
            return connected;
        auto const started = start_timer_on(bus_.get(), what);
        if (!started)
            return started.error();
        // One that runs stays as it is.
        if (!*started)
            return call({"StartUnit", "start", what.name + ".timer", {"replace"}});
        return {};
    }

    void disconnect() override { bus_.reset(); }

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

    result<void> stay_connected() { return bus_ ? result<void>() : connect(); }

    // What `read` finds. A connection that is gone is made anew once.
    template <class Read>
    auto on_bus(Read const& read) -> decltype(read(nullptr)) {
        for (bool again = false;; again = true) {
            if (auto connected = stay_connected(); !connected)
                return connected.error();
            auto found = read(bus_.get());
            if (found || sd_bus_is_open(bus_.get()) > 0)
                return found;
            bus_.reset();
            if (again)
                return found;
        }
    }

    std::vector<result<unit_status>>
    each(std::vector<std::string> const& units, result<std::vector<asked_status>> asked) {
        if (!asked)
            return {units.size(), asked.error()};
        std::vector<result<unit_status>> found;
        found.reserve(units.size());
        for (std::size_t i = 0; i < units.size(); ++i)
            if ((*asked)[i].code < 0)
                found.emplace_back(why_not(units[i], (*asked)[i].code));
            else
                found.emplace_back(std::move((*asked)[i].status));
        return found;
    }

    // Why systemd does not say what a unit is: in its own words, which LoadUnit has.
    error why_not(std::string const& unit, int code) {
        auto const loaded = call({"LoadUnit", "look up", unit}, call_timeout_usec);
        return loaded ? not_understood(unit, code) : loaded.error();
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
        return make_error(
            fmt::format("the connection to systemd broke: {}", std::strerror(-code)),
            "systemd was restarting itself: run the command again");
    }

    // Calls a method of the manager, also one that takes no unit. A connection that is gone is made
    // anew once.
    result<message_ptr> call(unit_call const& what, std::uint64_t timeout) {
        for (int attempt = 0;; ++attempt) {
            if (auto connected = stay_connected(); !connected)
                return connected.error();
            sd_bus_message* raw = nullptr;
            auto code = sd_bus_message_new_method_call(
                bus_.get(), &raw, destination, manager_path, manager_interface, what.method);
            message_ptr const request(raw);
            if (code >= 0 && !what.unit.empty())
                code = sd_bus_message_append(raw, "s", what.unit.c_str());
            for (auto const& one : what.more)
                if (code >= 0)
                    code = append_argument(raw, one);
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
            return call_failed(what.doing, what.unit, failed, code);
        }
    }

    bus_ptr bus_;
    std::map<std::string, std::string> removed_; // jobs that have ended, and how
    bool changed_ = false;
};

result<std::unique_ptr<bus_systemd>> make_unconnected() {
    if (sd_booted() <= 0)
        return make_error(
            "systemd does not run here: there is no '/run/systemd/system'",
            "run the command on the NixOS machine itself, not in a chroot or a build");
    return std::make_unique<bus_systemd>();
}

} // namespace

result<std::unique_ptr<systemd>> connect_systemd() {
    auto made = make_unconnected();
    if (!made)
        return made.error();
    if (auto connected = (*made)->connect(); !connected)
        return connected.error();
    return std::unique_ptr<systemd>(std::move(*made));
}

result<std::unique_ptr<systemd>> systemd_on_demand() {
    auto made = make_unconnected();
    if (!made)
        return made.error();
    return std::unique_ptr<systemd>(std::move(*made));
}

} // namespace dynix::host
