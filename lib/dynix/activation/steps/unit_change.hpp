// What an activation does with a unit, and so how the unit takes its configuration.
#pragma once

#include "dynix/activation/record/state.hpp"
#include "dynix/units/unit_file.hpp"

#include <string_view>

namespace dynix::activation {

struct step_kind;

// Another way is another object of this type: the programme and its restore, the record and what is
// printed follow from it.
struct unit_change {
    std::string_view name{}; // for --json: "reload"
    // What is said once it is done: "reloaded; its live process has {}", a configuration. Then, if
    // it needs a proof, what is said where that was not possible, and what stands before the
    // reason.
    std::string_view done{};
    std::string_view unproven{}; // empty: it needs none
    std::string_view before_reason{};
    // What is said of a run that goes on where it is not known whether it was done.
    std::string_view perhaps = "may have taken that";

    bool takes = false;     // it has the configuration then, or when it starts: preflights look
    bool begins = false;    // it has it then: probes look
    bool keeps_run = false; // its run goes on, and may have been started with something else
    taken how = taken::at_start; // what a run that goes on has of it, where no more was shown

    // Another file of a unit takes this change where its plan says so, by the name. What its
    // drop-in calls such a file then, in [Unit] ("X-Dynix-Reload-File"); whether a unit can be
    // changed so, and what is said of one that cannot.
    std::string_view file_key{};
    bool (*possible)(units::unit_file const& unit) = [](units::unit_file const&) { return true; };
    std::string_view impossible{};

    step_kind const* when_read{}; // what is done to it as soon as systemd has read its files
    step_kind const* job{};       // what is done to it in the place of a restart
    step_kind const* look{};      // and how it is looked at afterwards, in the place of a proof
};

namespace changes {
extern unit_change const none;    // its drop-in is as wanted and it runs with it
extern unit_change const restart; // it runs or has failed: it is restarted
extern unit_change const defer;   // it is not running: the drop-in takes effect when it starts
extern unit_change const leave;   // it runs on as it is, by its own word, until it is started again
extern unit_change const stop;    // it must not run: only what a restore takes back
extern unit_change const reload;  // it runs, and is reloaded: its process stays (reload.hpp)

// All of them: a record names one by its word. nullptr: there is none of that name.
inline constexpr unit_change const* all[] = {&none, &restart, &defer, &leave, &stop, &reload};
unit_change const* find(std::string_view name);

// Those that another file of a unit may take.
inline constexpr unit_change const* of_files[] = {&restart, &reload};
} // namespace changes

} // namespace dynix::activation
