// The record of an activation that has to be confirmed: /var/lib/dynix/confirmation.json,
// version 1.
//
// It outlives a reboot, so that entries which nobody confirmed never count as confirmed. Until then
// a copy is the one that counts, /run/dynix/confirmation.json: an end is known also where the
// record cannot be written, and what waits where somebody has removed or damaged it. What was
// applied before is in a state file of its own, /run/dynix/before-ID.json. There is one record; the
// next activation of this kind replaces it.
#pragma once

#include "dynix/activation/record/state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::activation {

// An override by what it is, so that nothing that a person writes under its number passes for it.
struct override_id {
    std::int64_t entry = 0; // the number of its entry
    // Of number, path and value (session/override_ids.hpp); empty: it is like no other.
    std::string fingerprint{};

    bool operator==(override_id const&) const = default;
};

enum class confirmation_phase {
    activating, // not proved yet, or its activation was killed
    waiting,    // proved: it is kept when it is confirmed, else taken back
    confirmed,  // kept
    taken_back, // the previous state is back
    failed,     // it was to be taken back, and the previous state is not back
};

// What `left` begins with where all is taken back, but not to what was applied before.
inline constexpr std::string_view static_in_its_place =
    "what was applied before is not back, and the static configuration runs in its place";

// The word of the record: "activating", "waiting", "confirmed", "taken-back", "failed".
std::string to_string(confirmation_phase what);

// Values of options are not in it, but fingerprints that a value can be tried against. So those who
// can read the dynamic file can read it.
struct confirmation {
    std::string id{}; // 16 hex digits
    confirmation_phase now = confirmation_phase::activating;
    std::string by{};       // who applied
    bool by_anyone = false; // whether another user may confirm
    host::milliseconds wait{};
    std::string since{}; // date and time of the apply
    // When it is taken back, on the machine's clock::now(); means nothing after a reboot.
    host::milliseconds until{};
    std::string dynamic_file{};
    std::vector<override_id> brought{}; // the overrides that this activation brought in
    std::string end{};                  // how it ended: "confirmed by alice"
    std::string ended{};                // when
    // What is not as it was; of one that was taken back, what stays in the dynamic file.
    std::vector<std::string> left{};

    bool is_open() const {
        return now == confirmation_phase::activating || now == confirmation_phase::waiting;
    }
};

// nullopt when there is none. A record that cannot be understood is an error that says so.
result<std::optional<confirmation>> read_confirmation(host::machine& host);
// Whether something waits to be confirmed, or may: what there is of it cannot be understood.
bool may_wait(host::runtime_files& files, host::paths const& where);
// The copy last: before it says so, nothing counts.
result<void> write_confirmation(host::machine& host, confirmation const& what);
// The one that outlives a reboot; one that cannot be read is kept beside.
result<void> write_lasting_confirmation(host::machine& host, confirmation const& what);
// The one that counts until then.
result<void> write_confirmation_now(host::machine& host, confirmation const& what);

result<confirmation> parse_confirmation(std::string_view text, std::string_view file);
std::string print_confirmation(confirmation const& what);

// What was applied before; nullopt: a reboot has removed it, or somebody has.
result<std::optional<state>> read_before(host::machine& host, confirmation const& what);

// Whether the machine has been rebooted since it was applied: nothing of it is below /run any more.
// False where that cannot be seen.
bool is_before_reboot(confirmation const& what, host::machine& host);

// Whether it waits still: one that a reboot has ended is in nobody's way.
bool is_in_the_way(confirmation const& what, host::machine& host);

// How long it still waits: zero when it is due.
host::milliseconds time_left(confirmation const& what, host::machine& host);

// The same for people, in whole seconds: "1min 42s".
std::string time_left_text(confirmation const& what, host::machine& host);

// The refusal of a further activation while one waits: whose it is, how long it waits, what to do.
result<void> check_none_waits(host::machine& host);

// "the overrides that alice applied", for messages.
std::string whose(confirmation const& what);

} // namespace dynix::activation
