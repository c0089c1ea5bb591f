// Which entries of a dynamic file last: those that were applied and kept, and are not over.
#pragma once

#include "dynix/activation/confirmation.hpp"
#include "dynix/host/machine.hpp"
#include "dynix/overrides/dynamic_file.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::session {

// The numbers of its entries that have overrides.
std::vector<std::int64_t> entry_numbers(overrides::dynamic_file const& file);

// Those that are over at `now` (UTC, "2026-11-23T01:33:00Z").
std::vector<std::int64_t>
expired_entries(overrides::dynamic_file const& file, std::string_view now);

// Which entries have been applied and kept is in /var/lib/dynix/entries.json, so that after a
// reboot it is known what is nobody's surprise: an apply without --confirm keeps all that it
// applies, `dynix confirm` keeps what waits.
//
// Writes down that all entries of `configuration`, a text of the dynamic file, are kept, besides
// those that were and that the file still has.
result<void> keep_entries(
    std::string const& dynamic_file, std::string const& configuration, host::machine& host);

// The entries of `configuration` that an activation brings in: they were neither kept before, nor
// are they in what is applied now. An error: the record cannot be read.
result<std::vector<std::int64_t>> new_entries(
    std::string const& dynamic_file, std::string const& configuration,
    activation::state const& applied, host::machine& host);

// The entries of `file` that are confirmed and not over at `now`: what may be applied again behind
// a reboot or a switch. An error: the record cannot be read.
result<std::vector<std::int64_t>>
lasting_entries(overrides::dynamic_file const& file, std::string_view now, host::machine& host);

// Takes these entries back in the dynamic file at `path`, as far as it still has them, with a line
// that says why. Returns what could not be done, a sentence each: a file that was edited by hand
// stays as it is.
std::vector<std::string> undo_each(
    std::string const& path, std::vector<std::int64_t> const& numbers, std::string const& user,
    std::string const& why, host::machine& host);

} // namespace dynix::session
