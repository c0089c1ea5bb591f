// The steps of an activation: a dry run prints them, a transaction carries them out and marks them.
#pragma once

#include "dynix/activation/steps/progress.hpp"
#include "dynix/base/error.hpp"
#include "dynix/host/systemd.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::activation {

class transaction;
struct step;
struct unit_change;

enum class step_mark {
    planned,
    done,
    failed,  // `why` says how
    skipped, // a step before it failed, or it was not needed
    undone,  // it was done, and a restore has taken it back
};

// What is not as it should be when a step fails and the activation goes on, as a sentence; {} is
// the unit, and an empty one is no harm.
struct left_behind {
    std::string_view by_restore = "'{}': it does not run as before";
    std::string_view by_reset = "'{}' does not run its static configuration";
};

// A kind of step. Another one is another object of this type: nothing has a list of them.
struct step_kind {
    std::string_view name{}; // for --json: "write-drop-in"
    // "restart {}": with the unit, or the path of its drop-in; {1} is the name of a check.
    std::string_view sentence{};
    bool names_drop_in = false; // which of the two
    apply_phase phase = apply_phase::activate;
    std::optional<host::job_kind> job{}; // the job that it queues
    bool before_change = false; // it looks, and stands before the first step that changes anything
    bool keeps_run = false;     // it changes the unit, whose run goes on
    bool proves = false;        // it shows that the run which has begun stays up
    bool needed = false;        // a reset goes no further without it
    left_behind left{};
    // Neighbours in the programme whose kinds have the same function come to it as one.
    bool together = false;
    // Carries out `now`, one step or several together, and marks those that fail; the others are
    // done when it returns. It may add to `now` what it did besides, and change what is still to
    // come, `transaction::go_on_with`.
    void (*run)(transaction& in, std::vector<step>& now) = nullptr;
};

struct step {
    step_kind const* kind{};
    std::string unit{}; // empty for a reload
    step_mark mark = step_mark::planned;
    error why{};
    std::string check{};      // the name of the health check that it runs
    bool job_is_open = false; // its job was queued, and may not have ended
    // It failed to change the unit so, and steps that follow stand in for it.
    unit_change const* falls_back = nullptr;

    void fail(error what) {
        mark = step_mark::failed;
        why = std::move(what);
    }
};

namespace steps {
extern step_kind const write_drop_in;
extern step_kind const remove_drop_in;
extern step_kind const put_back_drop_in; // the previous one, or none; works on a full disk
extern step_kind const put_back_files;   // links below /etc that are not wanted any more
extern step_kind const switch_files;     // those that are (file_links.hpp)
extern step_kind const reload;           // systemd reads its files anew, once
extern step_kind const reset_failed;
extern step_kind const stop;
extern step_kind const restart;
extern step_kind const try_restart; // unless somebody has stopped it
extern step_kind const start;
extern step_kind const defer; // the unit is not running: takes effect when it starts
extern step_kind const leave; // it runs on, by its own word: takes effect when it is started again
extern step_kind const prove; // that it stays up and runs as planned
// In health_checks.cpp:
extern step_kind const preflight;   // a command looks at the new configuration
extern step_kind const probe_first; // whether a probe succeeds before the change
extern step_kind const probe;       // until it succeeds
} // namespace steps

// "write /run/systemd/system/distccd.service.d/<drop-in>", "restart distccd.service", ...
std::string describe(step const& what);

// What it has left behind; empty: no harm.
std::string left_by(step const& failed, std::string_view left_behind::*after);

// The words for --json: "write-drop-in", "restart"..., and "planned", "done"...
std::string name(step const& what);
std::string to_string(step_mark mark);

} // namespace dynix::activation
