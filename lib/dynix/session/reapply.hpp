// After a boot or a switch, which return to static: the overrides are applied again, as many as
// can be.
#pragma once

#include "dynix/base/exit_code.hpp"
#include "dynix/base/result.hpp"
#include "dynix/host/paths.hpp"
#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/session/override_state.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dynix::session {

// The numbers of the entries that have an override in effect, rising.
std::vector<std::int64_t> entries_in_effect(overrides::dynamic_file const& file);

// Whose fault it is that an apply was not done.
enum class fault {
    of_entries, // that of one of them, as far as is known
    of_race,    // something else was applied, or taken back, meanwhile
    of_machine, // no entry could be applied: a lock is held, Nix is gone
};

// How an apply of some entries, on top of what is applied already, has ended.
struct attempt {
    exit_code code = exit_code::done;
    std::string why{}; // it was not done; one line
    fault whose = fault::of_entries;
};

struct left_out_entry {
    std::int64_t entry = 0;
    std::string why{};
};

struct reapplied {
    std::vector<std::int64_t> applied{};
    std::vector<left_out_entry> left_out{}; // rising
    exit_code code = exit_code::done;       // refused: something is left out, or `trouble`
    std::string trouble{}; // what no entry is to blame for; those that are in neither list wait
};

// Applies all entries at once. Where that fails, the first half and then the other, and so on, so
// that those that cannot be applied are found one by one, and those that can are. One that fails
// and cannot be restored ends it, with the rest left out. After a race it tries again, a few times;
// what is no fault of an entry ends it, and leaves none out.
reapplied reapply(
    std::vector<std::int64_t> const& entries,
    std::function<attempt(std::vector<std::int64_t> const&)> const& apply);

// Keeps what was left out in /run/dynix/left-out.json (version 1), or removes that file.
// One that cannot be read is kept beside.
result<void> write_left_out(host::machine& host, std::vector<left_out_entry> const& what);
// Takes those that `configuration`, a text of the dynamic file, has in effect out of that file:
// they are applied now.
result<void> forget_left_out(host::machine& host, std::string const& configuration);
// None where there is no such file. One that cannot be understood is an error that says what to do.
result<std::vector<left_out_entry>> read_left_out(host::machine& host);

// Gives the reports of what is not applied the reason why it was left out.
void explain_left_out(
    std::vector<override_report>& reports, std::vector<left_out_entry> const& left_out);

} // namespace dynix::session
