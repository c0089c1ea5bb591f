// Words of a unit file's value: quotes and escapes taken away as systemd does (systemd.syntax(7)).
#pragma once

#include "dynix/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace dynix::units {

// What separates words: systemd's WHITESPACE.
inline constexpr std::string_view whitespace = " \t\n\r";

// Takes the next word and the space after it from `rest`; nullopt at the end. A quote that is never
// closed is an error.
result<std::optional<std::string>> next_word(std::string_view& rest);

// A whole value with its escapes, NUL among them, taken away; nullopt when one of them is none that
// systemd knows.
std::optional<std::string> unescape(std::string_view value);

} // namespace dynix::units
