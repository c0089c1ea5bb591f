#include "dynix/activation/fakes/fake_systemd.hpp"

#include "dynix/units/credentials.hpp"
#include "dynix/units/exec_command.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dynix::activation {
namespace {

// Properties that systemd keeps on both sides (systemd.unit(5)).
constexpr char const* inverse_relations[][2] = {
    {"Requires", "RequiredBy"},
    {"Requisite", "RequisiteOf"},
    {"Wants", "WantedBy"},
    {"BindsTo", "BoundBy"},
    {"Upholds", "UpheldBy"},
    {"PartOf", "ConsistsOf"},
    {"Conflicts", "ConflictedBy"},
    {"PropagatesStopTo", "StopPropagatedFrom"},
    {"OnFailure", "OnFailureOf"},
    {"Triggers", "TriggeredBy"},
    {"PropagatesReloadTo", "ReloadPropagatedFrom"}};

} // namespace

void fake_systemd::add(std::string const& name, std::string_view text, bool running) {
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

void fake_systemd::relate(std::string const& a, std::string const& property, std::string const& b) {
    units[a].relations.links.push_back({property, b});
    for (auto const& [one, other] : inverse_relations)
        if (property == one && units.contains(b))
            units[b].relations.links.push_back({other, a});
}

std::vector<std::string> fake_systemd::acts() const {
    auto found = calls;
    std::erase_if(found, only_looks);
    return found;
}

std::vector<result<host::unit_status>>
fake_systemd::statuses(std::vector<std::string> const& names) {
    std::vector<result<host::unit_status>> found;
    found.reserve(names.size());
    for (auto const& name : names)
        found.push_back(look_at(name));
    return found;
}

std::vector<result<host::unit_status>>
fake_systemd::runs_of(std::vector<std::string> const& names) {
    std::vector<result<host::unit_status>> found;
    found.reserve(names.size());
    for (auto const& name : names)
        found.push_back(
            failing("run of " + name) ? make_error("the bus is gone")
                                      : result<host::unit_status>(run_alone(status_of(name))));
    return found;
}

result<std::vector<host::unit_load>> fake_systemd::loads(std::vector<std::string> const& names) {
    if (failing(fmt::format("loads {}", fmt::join(names, " "))))
        return make_error("the bus is gone");
    std::vector<host::unit_load> found;
    found.reserve(names.size());
    for (auto const& name : names) {
        auto const& unit = units.at(name);
        found.push_back({unit.status.load_state, unit.status.drop_in_paths});
    }
    return found;
}

result<bool> fake_systemd::shutting_down() {
    return failing("shutting down") ? make_error("the bus is gone") : result<bool>(ends);
}

result<std::vector<host::unit_timeouts>>
fake_systemd::timeouts(std::vector<std::string> const& names) {
    if (failing(fmt::format("timeouts {}", fmt::join(names, " "))))
        return make_error("the bus is gone");
    std::vector<host::unit_timeouts> found;
    found.reserve(names.size());
    for (auto const& name : names)
        found.push_back(units[name].timeouts);
    return found;
}

result<std::vector<host::unit_relations>>
fake_systemd::relations(std::vector<std::string> const& names) {
    if (failing(fmt::format("relations {}", fmt::join(names, " "))))
        return make_error("the bus is gone");
    std::vector<host::unit_relations> found;
    found.reserve(names.size());
    for (auto const& name : names)
        found.push_back(relations_of(name));
    return found;
}

host::unit_relations fake_systemd::relations_of(std::string const& name) {
    auto const known = units.find(name);
    if (known == units.end())
        return {.name = name, .load_state = "not-found", .active_state = "inactive"};
    auto one = known->second.relations;
    one.name = name;
    one.load_state = known->second.status.load_state;
    one.active_state = known->second.status.active_state;
    return one;
}

result<std::vector<host::unit_run>> fake_systemd::runs(std::vector<std::string> const& planned) {
    if (failing("runs"))
        return make_error("the bus is gone");
    std::vector<host::unit_run> found;
    for (auto const& [name, unit] : units)
        found.push_back(
            {name, unit.status.active_state,
             std::ranges::count(planned, name) ? "" : unit.status.invocation_id});
    return found;
}

result<std::vector<std::string>> fake_systemd::loaded_units() {
    if (failing("loaded units"))
        return make_error("the bus is gone");
    std::vector<std::string> names;
    for (auto const& one : units)
        names.push_back(one.first);
    return names;
}

result<std::vector<std::string>>
fake_systemd::changed_files(std::vector<host::unit_run> const& those) {
    if (failing("changed files"))
        return make_error("the bus is gone");
    std::vector<std::string> found;
    for (auto const& one : those)
        if (auto const unit = units.find(one.name);
            unit != units.end() && !(read(unit->second) == unit->second.loaded.assignments))
            found.push_back(one.name);
    return found;
}

result<std::vector<host::unit_reading>>
fake_systemd::read_units(std::vector<host::unit_text> const& texts) {
    if (failing("read-units"))
        return make_error("there is no systemd-analyze");
    return read_like_systemd(texts);
}

result<void> fake_systemd::reload() {
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

result<void> fake_systemd::call(host::unit_call const& what) {
    auto text = fmt::format("{} {}", what.method, what.unit);
    for (auto const& one : what.more)
        std::visit([&](auto const& value) { text += fmt::format(" {}", value); }, one);
    return failing(text) ? make_error("the call failed") : result<void>();
}

result<std::vector<host::job_result>> fake_systemd::run(
    std::vector<host::unit_job> const& jobs, host::time_point deadline,
    std::function<bool()> const& give_up) {
    patience.push_back(std::chrono::duration_cast<host::milliseconds>(deadline - time_.time));
    if (failing("queue"))
        return make_error("the bus is gone");
    std::vector<host::job_result> results;
    for (auto const& job : jobs) {
        if (give_up && give_up()) {
            results.push_back({job.unit, "interrupted"});
            continue;
        }
        constexpr char const* words[] = {"start", "stop", "restart", "try-restart", "reload-unit"};
        auto const call = fmt::format("{} {}", words[static_cast<std::size_t>(job.kind)], job.unit);
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

result<void> fake_systemd::start_transient(host::transient_service const& what) {
    return on_transient ? on_transient(what) : make_error("no transient unit '" + what.name + "'");
}

result<host::command_end>
fake_systemd::run_command(host::unit_command const& what, std::function<bool()> const& give_up) {
    if (failing(fmt::format("command {} {}", what.unit, fmt::join(what.command, " "))))
        return make_error("the bus is gone");
    auto const stops = give_up && give_up();
    return on_command && !stops ? on_command(what)
                                : host::command_end{stops ? "interrupted" : "success"};
}

result<void> fake_systemd::start_timer(host::transient_timer const& what) {
    if (failing("start-timer " + what.name))
        return make_error("no timer '" + what.name + "'");
    timers.try_emplace(what.name, armed_timer{what, time_.time});
    return {};
}

result<void> fake_systemd::wait_for_event(host::milliseconds at_most) {
    if (failing("wait"))
        return make_error("the bus is gone");
    time_.time += std::max(at_most, host::milliseconds(1));
    return {};
}

void fake_systemd::stop(fake_unit& unit) {
    unit.status.active_state = "inactive";
    unit.status.sub_state = "dead";
    unit.status.job.clear();
    unit.status.control_group.clear();
    unit.status.main_pid = 0;
}

void fake_systemd::fail(fake_unit& unit) {
    stop(unit);
    unit.status.active_state = "failed";
    unit.status.sub_state = "failed";
    unit.status.result = "exit-code";
}

void fake_systemd::wait(fake_unit& unit) {
    stop(unit);
    unit.status.active_state = "activating";
    unit.status.sub_state = "auto-restart";
    unit.status.result = "exit-code";
}

void fake_systemd::start(std::string const& name) {
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

void fake_systemd::start_again(std::string const& name) {
    ++units[name].status.n_restarts;
    start(name);
}

result<host::unit_status> fake_systemd::look_at(std::string const& unit) {
    if (failing("status " + unit))
        return make_error("the bus is gone");
    auto found = status_of(unit);
    found.relations = relations_of(unit);
    return as_asked(found);
}

std::string fake_systemd::refusal(host::unit_job const& job) {
    if (units[job.unit].status.frozen)
        return fmt::format("Cannot perform operation on frozen unit {}", job.unit);
    if (ends && job.kind != host::job_kind::stop)
        return fmt::format(
            "Transaction for {}/restart is destructive (shutdown.target has 'start' job "
            "queued, but 'stop' is included in transaction).",
            job.unit);
    return {};
}

bool fake_systemd::carry_out(host::unit_job const& job) {
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

void fake_systemd::reach_into(fake_unit& unit, units::unit_file const& before) {
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

void fake_systemd::load_credentials(fake_unit& unit) {
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

std::vector<units::assignment> fake_systemd::read(fake_unit const& unit) {
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

void fake_systemd::load(fake_unit& unit) {
    auto const drop_in = where_.drop_in(unit.status.name);
    std::erase(unit.status.drop_in_paths, drop_in);
    unit.loaded.assignments = read(unit);
    if (auto const text = files_.read(drop_in); text && *text)
        unit.status.drop_in_paths.push_back(drop_in);
}

} // namespace dynix::activation
