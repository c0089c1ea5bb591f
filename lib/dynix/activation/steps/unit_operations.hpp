// What steps do to files and look for in units, one at a time.
#pragma once

#include "dynix/activation/proof/proof.hpp"
#include "dynix/activation/steps/checked_unit.hpp"
#include "dynix/activation/steps/step.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dynix::activation {

using stop_question = std::function<bool()>;

// A unit that was started anew, and what it must run now.
struct expected_run {
    std::string name{};
    host::milliseconds settle{};
    units::unit_file wanted{};
    units::unit_file before{};
    std::string invocation_before{};
    command_shown shown = command_shown::unknown; // by what ran before
};

// Writes the drop-in, or removes it when there is none to write.
result<void>
put_drop_in(host::machine& host, std::string const& unit, std::optional<std::string> const& text);

// The same for a restore, which must also work on a full disk: what is there already is left alone,
// and the file to be replaced may go first, to make room.
result<void> put_back_drop_in(
    host::machine& host, std::string const& unit, std::optional<std::string> const& text);

// Whether systemd, which has just reloaded, has read what was written for these units, and else
// what they were checked with. A restart brings into force what it has read, whatever the files say
// then.
result<void> check_loaded(std::vector<checked_unit> const& units, host::machine& host);

// Whether that still is so when they are proved: the next start would bring something else into
// force.
result<void> check_still_loaded(std::vector<checked_unit> const& units, host::machine& host);

// How long jobs that are queued together may take: what systemd gives to the phases of all of them,
// because one may wait for the other. systemd itself ends a job before, so only one that has no
// limit of its own (a oneshot service, by default) is ever given up for it.
host::milliseconds patience_for(host::machine& host, std::vector<host::unit_job> const& jobs);

// Refuses steps that would stop the unit that this process runs in, and so this process.
result<void> check_not_within(host::machine& host, std::vector<step> const& programme);

// A unit that is not as it should be.
struct unit_fault {
    std::string unit{};
    error why{};
};

std::vector<std::string> names_of(std::vector<expected_run> const& units);

struct settled_units {
    std::vector<unit_fault> faults{};
    std::map<std::string, host::unit_status> up{}; // the others, as they were at last
};

// Returns when every unit has been up for its settle time without a new start, or when one was not:
// with `to_the_end` the others are still waited for.
settled_units settle(
    host::machine& host, std::vector<expected_run> units, bool to_the_end,
    stop_question const& stop_requested);

// Looks at the processes until they prove it, for a short while from the execution of the unit's
// command on (executed.hpp). `status` is the unit's, as it was asked for just now; then it is
// the one that the proof is of. A unit that is starting has as long to come up; that it fails
// meanwhile (why_failed_since) is an error.
result<proof> prove_live(host::machine& host, expected_run const& unit, host::unit_status& status);

// Why a unit that was up or had ended well `then` is not as it should be: it has failed, waits for
// its Restart= or was started again by it, also where it had ended well. nixos-rebuild reports the
// first, and the second where it ended badly. One that has ended well by itself for good (a
// oneshot, an idle service of a socket) or was stopped by somebody is as it should be, and so is
// one that was started since by something else.
std::optional<error> why_failed_since(host::unit_status const& then, host::unit_status const& now);

// The units that were proved, or looked at after their reload, and have failed since: other units
// may have been waited for. Of one that has ended well, the proof says so.
std::vector<unit_fault> find_ended(std::vector<checked_unit>& units, host::machine& host);

// "job failed", or systemd's own words where it has not taken the job.
std::string in_words(host::job_result const& ended);

// How a unit failed, in words, with where to read more.
error unit_failed(host::unit_status const& status, std::string_view what);

} // namespace dynix::activation
