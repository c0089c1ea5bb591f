// Private to the room: the comment line that dynix writes before an entry, and in place of one.
//
//   # 3 2026-11-23T01:33:00Z root: why
//   # 4 2026-11-23T01:40:00Z root undo 3 (generation 1): why
//   # 5 2026-11-23T01:50:00Z root until 2026-11-23T03:50:00Z: why
//
// What stands behind "until" is when the entry is over (ending.hpp). An older dynix takes it for a
// part of the name.
//
// The first ": " outside of quotes ends what dynix itself wrote; the rest is the message.
#pragma once

#include "dynix/overrides/dynamic_file.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace dynix::overrides {

// The number, time, user, message and action in such a line; nullopt for a comment of another form,
// which is a person's.
std::optional<entry> read_header(std::string_view comment);

// The line, without a line break.
std::string print_header(entry const& of);

} // namespace dynix::overrides
