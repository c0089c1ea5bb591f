// Which entries of a dynamic file last: those that were applied and kept, and are not over.
#pragma once

#include "dynix/host/machine.hpp"
#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/session/override_ids.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace dynix::session {

// The numbers of its entries that have overrides.
std::vector<std::int64_t> entry_numbers(overrides::dynamic_file const& file);

// Now. Only here the machine is asked for what an end of an entry depends on.
overrides::moment moment_of(host::clock& time);

// Those that are over now.
std::vector<std::int64_t>
expired_entries(overrides::dynamic_file const& file, host::machine const& host);

// What has been applied and kept is in /var/lib/dynix/entries.json, so that after a reboot it is
// known what is nobody's surprise: an apply without --confirm keeps all that it applies, `dynix
// confirm` keeps what waits. An override is known there by what it is (override_ids.hpp), so that
// one which a person has written in its place does not pass for it. Of another file than the
// system's own nothing is written down.
//
// Writes down that all of `configuration`, a text of the dynamic file, is kept, besides what was
// and what the file still has. A record that cannot be read is kept beside; the warnings say so.
result<std::vector<std::string>> keep_entries(
    std::string const& dynamic_file, std::string const& configuration, host::machine& host);

// What of `configuration` an activation brings in: it was not kept before, and is not applied now.
// An error: the record cannot be read.
result<override_ids> new_overrides(
    std::string const& dynamic_file, std::string const& configuration,
    activation::state const& applied, host::machine& host);

// The entries of `file` that are kept with all their overrides and not over: what may be applied
// again behind a reboot or a switch. An error: the record cannot be read.
result<std::vector<std::int64_t>>
lasting_entries(overrides::dynamic_file const& file, host::machine& host);

// Takes these overrides back in the dynamic file at `path`, as far as it still has them, with a
// line for each entry that says why. Returns what could not be done, a sentence each: what was
// edited by hand stays as it is.
std::vector<std::string> undo_each(
    std::string const& path, override_ids const& wanted, std::string const& user,
    std::string const& why, host::machine& host);

} // namespace dynix::session
