// A service manager for tests: units with unit files on disk, that run what those files say.
#pragma once

#include "dynix/activation/fake_processes.hpp"
#include "dynix/host/machine.hpp"
#include "dynix/units/credentials.hpp"
#include "dynix/units/exec_command.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <map>

namespace dynix::activation {

class fake_systemd : public host::systemd, public fake_processes {
  public:
    fake_systemd(host::paths where, host::runtime_files& files, fake_clock& time)
        : fake_processes(std::move(where), files), time_(time) {}

    // May change a unit after it has started: a process that dies, or runs something else.
    std::function<void(std::string const& unit, fake_unit& started)> on_start;
    std::function<result<void>(host::transient_service const&)> on_transient;
    std::function<host::command_end(host::unit_command const&)> on_command; // else they end well
    std::optional<std::string> own_unit;      // the unit that the code under test runs in
    std::vector<host::milliseconds> patience; // of each run of jobs
    struct armed_timer {
        host::transient_timer what;
        host::time_point since;
    };
    std::map<std::string, armed_timer> timers; // by name, without the suffix
    // The stop commands that have run: "a.service: /bin/stop".
    std::vector<std::string> stop_commands;
    bool ends = false; // the machine is shutting down

    // A unit file in /etc/systemd/system, loaded and running.
    void add(std::string const& name, std::string_view text, bool running = true) {
        auto const path = where_.static_units() + '/' + name;
        static_cast<void>(files_.write(path, text));
        auto& made = units[name];
        made.status.name = name;
        made.status.load_state = "loaded";
        made.status.fragment_path = path;
        made.status.active_state = "inactive";
        made.status.sub_state = "dead";
        made.status.type = "simple";
        load(made);
        if (running)
            start(name);
    }

    // "Requires", as in a.service's unit file: the inverse belongs to the other unit.
    void relate(std::string const& a, std::string const& property, std::string const& b) {
        units[a].relations.links.push_back({property, b});
        for (auto const& [one, other] : inverse_relations)
            if (property == one && units.contains(b))
                units[b].relations.links.push_back({other, a});
    }

    // The calls that do something, other than look.
    std::vector<std::string> acts() const {
        auto found = calls;
        std::erase_if(found, only_looks);
        return found;
    }

    std::vector<result<host::unit_status>>
    statuses(std::vector<std::string> const& names) override {
        std::vector<result<host::unit_status>> found;
        for (auto const& name : names)
            found.push_back(look_at(name));
        return found;
    }

    result<bool> shutting_down() override {
        return failing("shutting down") ? make_error("the bus is gone") : result<bool>(ends);
    }

    result<std::vector<host::unit_timeouts>>
    timeouts(std::vector<std::string> const& names) override {
        if (failing(fmt::format("timeouts {}", fmt::join(names, " "))))
            return make_error("the bus is gone");
        std::vector<host::unit_timeouts> found;
        for (auto const& name : names)
            found.push_back(units[name].timeouts);
        return found;
    }

    std::optional<std::string> unit_of_this_process() override { return own_unit; }

    result<std::vector<host::unit_relations>>
    relations(std::vector<std::string> const& names) override {
        if (failing(fmt::format("relations {}", fmt::join(names, " "))))
            return make_error("the bus is gone");
        std::vector<host::unit_relations> found;
        for (auto const& name : names) {
            auto const known = units.find(name);
            if (known == units.end()) {
                found.push_back(
                    {.name = name, .load_state = "not-found", .active_state = "inactive"});
                continue;
            }
            auto one = known->second.relations;
            one.name = name;
            one.load_state = known->second.status.load_state;
            one.active_state = known->second.status.active_state;
            found.push_back(std::move(one));
        }
        return found;
    }

    result<std::vector<host::unit_run>> runs() override {
        if (failing("runs"))
            return make_error("the bus is gone");
        std::vector<host::unit_run> found;
        for (auto const& [name, unit] : units)
            found.push_back({name, unit.status.active_state, unit.status.invocation_id});
        return found;
    }

    result<std::vector<std::string>>
    changed_files(std::vector<host::unit_run> const& those) override {
        if (failing("changed files"))
            return make_error("the bus is gone");
        std::vector<std::string> found;
        for (auto const& one : those)
            if (auto const& unit = units.at(one.name); !(read(unit) == unit.loaded.assignments))
                found.push_back(one.name);
        return found;
    }

    result<std::vector<host::unit_reading>>
    read_units(std::vector<host::unit_text> const& texts) override {
        if (failing("read-units"))
            return make_error("there is no systemd-analyze");
        return read_like_systemd(texts);
    }

    result<void> reload() override {
        if (failing("reload"))
            return make_error("the reload failed");
        for (auto& [name, unit] : units) {
            auto const before = unit.loaded;
            load(unit);
            if (unit.status.active())
                reach_into(unit, before);
        }
        return {};
    }

    result<void> reset_failed(std::string const& unit) override {
        return failing("reset-failed " + unit) ? make_error("the reset failed") : result<void>();
    }

    result<std::vector<host::job_result>>
    run(std::vector<host::unit_job> const& jobs, host::time_point deadline,
        std::function<bool()> const& give_up) override {
        patience.push_back(std::chrono::duration_cast<host::milliseconds>(deadline - time_.time));
        if (failing("queue"))
            return make_error("the bus is gone");
        std::vector<host::job_result> results;
        for (auto const& job : jobs) {
            if (give_up && give_up()) {
                results.push_back({job.unit, "interrupted"});
                continue;
            }
            constexpr char const* words[] = {
                "start", "stop", "restart", "try-restart", "reload-unit"};
            auto const call =
                fmt::format("{} {}", words[static_cast<std::size_t>(job.kind)], job.unit);
            if (failing(call)) {
                if (job.kind != host::job_kind::stop && job.kind != host::job_kind::reload)
                    fail(units[job.unit]);
                results.push_back({job.unit, "failed"});
                continue;
            }
            if (timers.erase(job.unit.substr(0, job.unit.rfind('.'))) > 0) {
                results.push_back({job.unit, "done"});
                continue;
            }
            if (auto const why = refusal(job); !why.empty())
                results.push_back({job.unit, why});
            else
                results.push_back({job.unit, carry_out(job) ? "done" : "failed"});
        }
        if (failing("wait for the jobs"))
            return make_error("the connection broke");
        return results;
    }

    result<void> start_transient(host::transient_service const& what) override {
        return on_transient ? on_transient(what)
                            : make_error("no transient unit '" + what.name + "'");
    }

    result<host::command_end>
    run_command(host::unit_command const& what, std::function<bool()> const& give_up) override {
        if (failing(fmt::format("command {} {}", what.unit, fmt::join(what.command, " "))))
            return make_error("the bus is gone");
        auto const stops = give_up && give_up();
        return on_command && !stops ? on_command(what)
                                    : host::command_end{stops ? "interrupted" : "success"};
    }

    // Kept in `timers`, as a manager would, until its name is stopped.
    result<void> start_timer(host::transient_timer const& what) override {
        if (failing("start-timer " + what.name))
            return make_error("no timer '" + what.name + "'");
        timers.try_emplace(what.name, armed_timer{what, time_.time});
        return {};
    }

    result<void> wait_for_event(host::milliseconds at_most) override {
        if (failing("wait"))
            return make_error("the bus is gone");
        time_.time += std::max(at_most, host::milliseconds(1));
        return {};
    }

    static void stop(fake_unit& unit) {
        unit.status.active_state = "inactive";
        unit.status.sub_state = "dead";
        unit.status.control_group.clear();
        unit.status.main_pid = 0;
    }

    static void fail(fake_unit& unit) {
        stop(unit);
        unit.status.active_state = "failed";
        unit.status.sub_state = "failed";
        unit.status.result = "exit-code";
    }

    // It has ended, and its Restart= will start it again.
    static void wait(fake_unit& unit) {
        stop(unit);
        unit.status.active_state = "activating";
        unit.status.sub_state = "auto-restart";
        unit.status.result = "exit-code";
    }

    // Starts what the manager has loaded.
    void start(std::string const& name) {
        auto& unit = units[name];
        ++runs_;
        unit.status.active_state = "active";
        unit.status.sub_state = name.ends_with(".service") ? "running" : "listening";
        unit.status.result = "success";
        unit.status.active_since_usec = static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(time_.time.time_since_epoch())
                .count());
        unit.status.invocation_id = fmt::format("{:032x}", runs_);
        unit.status.main_pid = 1000 + runs_;
        unit.status.control_group = "/system.slice/" + name;
        unit.process = {};
        unit.process.pid = unit.status.main_pid;
        if (auto const command = units::planned_command(unit.loaded); command && *command) {
            unit.process.exe = (*command)->program.show();
            unit.process.argv.push_back((*command)->argv0.show());
            for (auto const& arg : (*command)->args)
                unit.process.argv.push_back(arg.show());
        }
        if (name.ends_with(".socket"))
            unit.process.argv = {"listens on", unit.loaded.last("Socket", "ListenStream")};
        if (auto const environment = units::planned_environment(unit.loaded))
            for (auto const& one : *environment)
                unit.process.environment.push_back(one.name + '=' + one.value.show());
        load_credentials(unit);
        read_files(unit);
        if (on_start)
            on_start(name, unit);
    }

  private:
    result<host::unit_status> look_at(std::string const& unit) {
        if (failing("status " + unit))
            return make_error("the bus is gone");
        if (!units.contains(unit))
            return host::unit_status{
                .name = unit, .load_state = "not-found", .active_state = "inactive"};
        auto& found = units.at(unit);
        found.status.need_daemon_reload = !(read(found) == found.loaded.assignments);
        return found.status;
    }

    // What the manager says when it does not take the job.
    std::string refusal(host::unit_job const& job) {
        if (units[job.unit].status.frozen)
            return fmt::format("Cannot perform operation on frozen unit {}", job.unit);
        if (ends && job.kind != host::job_kind::stop)
            return fmt::format(
                "Transaction for {}/restart is destructive (shutdown.target has 'start' job "
                "queued, but 'stop' is included in transaction).",
                job.unit);
        return {};
    }

    bool carry_out(host::unit_job const& job) {
        auto& unit = units[job.unit];
        auto const active = unit.status.active();
        if (job.kind == host::job_kind::reload) {
            if (!active || unit.loaded.effective("Service", "ExecReload").empty())
                return false;
            unit.reloaded_with = unit.loaded;
            if (!unit.ignores_reload)
                read_files(unit);
            return true;
        }
        if ((job.kind == host::job_kind::start && active) ||
            (job.kind == host::job_kind::try_restart && !active))
            return true;
        if (active && !unit.loaded.last("Service", "ExecStop").empty())
            stop_commands.push_back(job.unit + ": " + unit.loaded.last("Service", "ExecStop"));
        stop(unit);
        if (job.kind == host::job_kind::stop)
            return true;
        // As systemd has it: "Socket service x.service already active, refusing."
        for (auto const& service : unit.status.triggers)
            if (units[service].status.active())
                return false;
        start(job.unit);
        return true;
    }

    // What a reload does to a unit that runs: a socket that listens elsewhere is closed and still
    // counts as active, and a new RuntimeMaxSec= counts from the start of the unit.
    static void reach_into(fake_unit& unit, units::unit_file const& before) {
        auto const changed = [&](char const* section, char const* key) {
            return unit.loaded.effective(section, key) != before.effective(section, key);
        };
        if (changed("Socket", "ListenStream"))
            unit.process.argv = {"closed"};
        if (changed("Service", "RuntimeMaxSec") &&
            !unit.loaded.last("Service", "RuntimeMaxSec").empty()) {
            fail(unit);
            unit.status.result = "timeout";
        }
    }

    // What an absolute path does not have and no text stands in for ends the start, with the status
    // 243 (systemd.exec(5)).
    void load_credentials(fake_unit& unit) {
        unit.credentials.clear();
        for (auto const& one : units::planned_credentials(unit.loaded)) {
            auto const file = one.path ? outside[*one.path] : host::seen_file();
            if (file.kind == host::file_kind::regular)
                unit.credentials[one.name] = file;
            else if (one.text)
                unit.credentials[one.name] = {host::file_kind::regular, *one.text};
            else if (one.path && file.kind == host::file_kind::absent)
                fail(unit);
            else
                unit.credentials[one.name] = {host::file_kind::regular, "from elsewhere"};
        }
    }

    std::vector<units::assignment> read(fake_unit const& unit) {
        units::unit_file all;
        auto paths = unit.status.drop_in_paths;
        std::erase(paths, where_.drop_in(unit.status.name));
        paths.insert(paths.begin(), unit.status.fragment_path);
        paths.push_back(where_.drop_in(unit.status.name));
        for (auto const& path : paths)
            if (auto const text = files_.read(path); text && *text)
                if (auto const parsed = units::parse_unit(**text, path))
                    all.append(*parsed);
        return all.assignments;
    }

    void load(fake_unit& unit) {
        auto const drop_in = where_.drop_in(unit.status.name);
        std::erase(unit.status.drop_in_paths, drop_in);
        unit.loaded.assignments = read(unit);
        if (auto const text = files_.read(drop_in); text && *text)
            unit.status.drop_in_paths.push_back(drop_in);
    }

    fake_clock& time_;
    int runs_ = 0;
};

} // namespace dynix::activation
