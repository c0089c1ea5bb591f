// Regular expressions as builtins.match of Nix takes them. Private to the room.
#pragma once

#include <optional>
#include <string>

namespace dynix::options {

// Whether the whole of `text` matches the POSIX extended regular expression, bytes for characters.
// Nothing when only Nix can tell: it is no such expression, or the text is very long.
std::optional<bool> matches(std::string const& pattern, std::string const& text);

} // namespace dynix::options
