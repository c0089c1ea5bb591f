// The record of what is applied: /run/dynix/state.json, version 1.
#pragma once

#include "dynix/host/machine.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::activation {

struct unit_change;

// An override in effect, as the caller names it; entry 0 when it is unknown.
struct applied_override {
    std::string option{};
    std::string value{};
    std::int64_t entry = 0;
};

// How the recorded run of a unit has taken what is applied.
enum class taken {
    at_start,
    by_reload,       // it was asked to take it, as by a reload, and no more is known
    by_shown_reload, // and that the process has taken it was shown (reload.hpp)
    not_yet,         // it runs on with what it had, by its own word (restart_policy.hpp)
};

struct applied_unit {
    std::string name{};
    std::string drop_in{};       // the text of the drop-in, empty for none
    std::string static_text{};   // the unit as the static configuration has it
    std::string dynamic_text{};  // the unit as planned
    std::string invocation_id{}; // of the run that was proved; empty when it was not running
    bool shown = true;           // whether a process of that run has the unit's command line
    host::milliseconds settle = std::chrono::seconds(1); // how long it must stay up after a start
    taken how = taken::at_start;                         // of that run

    bool is_run(host::unit_status const& now) const {
        return !invocation_id.empty() && now.invocation_id == invocation_id;
    }
};

// A unit before the first change of an activation under way.
struct previous_unit {
    std::string name{};
    std::optional<std::string> drop_in{};
    bool ran = false; // so it must run afterwards, also when it is found stopped
    // It was waiting to be started again, or it ended and was started over and over: it must do so
    // afterwards, and need not stay up.
    bool waited = false;
    std::string invocation_id{}; // of its run then; empty when it had none, or it is not known
    // What was to be done to it, and so may have been. nullptr: a restart or the like, in the
    // record of an older dynix.
    unit_change const* change = nullptr;
};

enum class record_state {
    applied,    // `units` is what runs
    activating, // an activation began and did not end: `previous` is what was there before it
};

struct state {
    record_state now = record_state::applied;
    std::string since{}; // date and time
    std::string plan{};  // the plan's path
    std::string dynamic_file{};
    std::string configuration{}; // the text of the dynamic file that is applied
    std::vector<applied_override> overrides{};
    std::vector<applied_unit> units{};
    std::vector<previous_unit> previous{};
    // What could not be put back by the last activation, for `dynix status`.
    std::vector<std::string> left{};

    // The unit's entry in `units`, or nullptr.
    applied_unit const* find(std::string_view unit) const;
    // The unit's entry in `previous`, when an activation did not end; else nullptr.
    previous_unit const* interrupted(std::string_view unit) const;
};

// Of what is applied, its text and its overrides; nullptr: nothing is.
std::string fingerprint_of(state const* applied);

// nullopt when nothing is applied. A file that cannot be understood, or that somebody else may
// have put there, is an error that says how to go on.
result<std::optional<state>> read_state(host::machine& host);
// Readable by all, or by root alone when others cannot read the dynamic file. Before a state that
// says 'activating', the way back is laid (way_back.hpp); clear_state removes it.
result<void> write_state(host::machine& host, state const& what);
// The same to another file than the state's own, where it says nothing of what is applied.
result<void> write_state_at(host::machine& host, std::string const& path, state const& what);
result<void> clear_state(host::machine& host);

result<state> parse_state(std::string_view text, std::string_view file);
std::string print_state(state const& what);

} // namespace dynix::activation
