// Private to the room: which text can stand in the dynamic file.
//
// Nix itself takes any bytes in a string, but can put only UTF-8 into the plan, which is JSON
// (RFC 8259, 8.1), and systemd ignores an assignment with anything else. So such a byte, were it
// only in a comment, would let every later command fail inside of Nix.
#pragma once

#include "dynix/base/result.hpp"

#include <string_view>

namespace dynix::overrides {

// Refuses `text`, which is shown as `name`, when it is no UTF-8 or has a NUL byte.
result<void> check_string(std::string_view name, std::string_view text);

// The same for one line that 'dynix log' shows: no line break nor another control character.
result<void> check_one_line(std::string_view name, std::string_view text);

} // namespace dynix::overrides
