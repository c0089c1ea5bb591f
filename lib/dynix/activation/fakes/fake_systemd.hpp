// A service manager for tests: units with unit files on disk, that run what those files say.
#pragma once

#include "dynix/activation/fakes/fake_processes.hpp"
#include "dynix/host/fake_clock.hpp"
#include "dynix/host/machine.hpp"

#include <functional>
#include <map>

namespace dynix::activation {

class fake_systemd : public host::systemd, public fake_processes {
  public:
    fake_systemd(host::paths where, host::runtime_files& files, host::fake_clock& time)
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
    void add(std::string const& name, std::string_view text, bool running = true);

    // "Requires", as in a.service's unit file: the inverse belongs to the other unit.
    void relate(std::string const& a, std::string const& property, std::string const& b);

    // The calls that do something, other than look.
    std::vector<std::string> acts() const;
    std::vector<result<host::unit_status>> statuses(std::vector<std::string> const& names) override;
    std::vector<result<host::unit_status>> runs_of(std::vector<std::string> const& names) override;
    std::vector<result<host::unit_status>> ends_of(std::vector<std::string> const& names) override {
        auto found = runs_of(names);
        for (auto& one : found)
            if (one)
                one = end_alone(std::move(*one));
        return found;
    }

    result<std::vector<host::unit_load>> loads(std::vector<std::string> const& names) override;
    result<bool> shutting_down() override;

    result<std::vector<host::unit_timeouts>>
    timeouts(std::vector<std::string> const& names) override;
    std::optional<std::string> unit_of_this_process() override { return own_unit; }

    result<std::vector<host::unit_relations>>
    relations(std::vector<std::string> const& names) override;
    result<std::vector<host::unit_run>> runs(std::vector<std::string> const& planned) override;
    result<std::vector<std::string>> loaded_units() override;

    result<std::vector<std::string>>
    changed_files(std::vector<host::unit_run> const& those) override;

    result<std::vector<std::string>>
    changed_files_among(std::vector<host::unit_run> const& those) override {
        return changed_files(those);
    }

    result<std::vector<host::unit_reading>>
    read_units(std::vector<host::unit_text> const& texts) override;
    result<void> reload() override;
    result<void> call(host::unit_call const& what) override;

    result<std::vector<host::job_result>>
    run(std::vector<host::unit_job> const& jobs, host::time_point deadline,
        std::function<bool()> const& give_up) override;
    result<void> start_transient(host::transient_service const& what) override;

    result<host::command_end>
    run_command(host::unit_command const& what, std::function<bool()> const& give_up) override;

    // Kept in `timers`, as a manager would, until its name is stopped.
    result<void> start_timer(host::transient_timer const& what) override;
    result<void> wait_for_event(host::milliseconds at_most) override;
    void disconnect() override { calls.emplace_back("disconnect"); }
    static void stop(fake_unit& unit);
    static void fail(fake_unit& unit);

    // It has ended, and its Restart= will start it again.
    static void wait(fake_unit& unit);

    // Starts what the manager has loaded.
    void start(std::string const& name);

    // It has ended, and its Restart= has started it again.
    void start_again(std::string const& name);

  private:
    host::unit_relations relations_of(std::string const& name);
    result<host::unit_status> look_at(std::string const& unit);
    host::unit_status status_of(std::string const& unit) const {
        auto const known = units.find(unit);
        return known != units.end()
                   ? known->second.status
                   : host::unit_status{
                         .name = unit, .load_state = "not-found", .active_state = "inactive"};
    }

    // What the manager says when it does not take the job.
    std::string refusal(host::unit_job const& job);
    bool carry_out(host::unit_job const& job);

    // What a reload does to a unit that runs: a socket that listens elsewhere is closed and still
    // counts as active, and a new RuntimeMaxSec= counts from the start of the unit.
    static void reach_into(fake_unit& unit, units::unit_file const& before);

    // What an absolute path does not have and no text stands in for ends the start, with the status
    // 243 (systemd.exec(5)).
    void load_credentials(fake_unit& unit);
    std::vector<units::assignment> read(fake_unit const& unit);
    void load(fake_unit& unit);

    host::fake_clock& time_;
    int runs_ = 0;
};

} // namespace dynix::activation
