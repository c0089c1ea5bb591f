// An activation runs in a transient unit of its own (activation/detached.hpp): this program anew,
// as the worker.
#pragma once

#include "dynix/activation/apply.hpp"

#include <functional>
#include <string>

namespace dynix::tool {

// Where an activation runs, and for whom.
struct place {
    bool here = false;    // in this process
    bool in_unit = false; // this process is the one in the unit
    std::string by{};     // in the unit: who called; empty: the caller itself is this process

    // Who is at the keyboard (author.hpp). In the unit nothing of the system would tell.
    std::string caller() const;
};

struct unit_work {
    // Does it; the question is asked between the steps and while it waits: whether to stop.
    std::function<activation::apply_outcome(std::function<bool()> const& stop_requested)> act;
    // Prints what became of it, and returns the exit code.
    std::function<exit_code(activation::apply_outcome const&)> show;
    std::string on_stop; // what SIGINT and SIGTERM lead to, for a note
    // What the one in the unit reads with input_of_unit: bytes, not the name of a file, because the
    // unit has another /tmp and working folder than a caller may have.
    std::string input{};
};

// The unit of the work that this process waits for.
std::string unit_of_activation(int caller);

// Does the work and returns its exit code. Unless `where` says otherwise, root's work is done by
// 'dynix-activation-PID.service': this program anew, with its own arguments and standard output and
// error. No name in them is looked up there. SIGINT and SIGTERM ask it to stop; when the caller
// goes away or is hung up (SIGHUP), or the unit that the caller runs in is stopped, it works on,
// and the journal gets what it says. When it is killed, the outcome is what can be seen of it.
// Where systemd cannot start it, the work is done here, after a note.
exit_code run_in_place(place const& where, host::machine& host, unit_work const& work);

// In the unit: the work's input, as the caller gave it.
result<std::string> input_of_unit();

} // namespace dynix::tool
