// Who is at the keyboard, and when: the header of an entry.
#pragma once

#include "dynix/overrides/store.hpp"

#include <optional>
#include <string>

namespace dynix::tool {

// Now, in UTC: "2026-11-23T01:33:00Z".
std::string current_time();

// The user's name: behind sudo or doas the one who called it, for an unknown user id its number.
std::string current_user();

// Who is at the keyboard, also behind su: by the login that the kernel remembers (pam_loginuid(8)),
// else as current_user.
std::string person();

// A change by this user, now; it waits that many seconds for another writer, and notes it.
void sign(overrides::write_request& request, std::optional<unsigned> wait);

} // namespace dynix::tool
