// Whether bytes are UTF-8 text, which is all that JSON, Nix's own JSON and systemd take (RFC
// 8259, 8.1; systemd.unit(5) has the same rule for the files it reads).
#pragma once

#include <cstddef>
#include <string_view>

namespace dynix {

// How many bytes from the beginning of `text` are well-formed UTF-8 (Unicode, table 3-7): its size,
// or the offset of the first byte that is none.
std::size_t well_formed_utf8(std::string_view text);

// The length of the character at the beginning of `text`, 0 when none is there.
std::size_t utf8_character(std::string_view text);

// How many bytes at the beginning of `text` are a control character, 0 where none is there: what a
// terminal obeys (C0, DEL and C1, ECMA-48, 8.3), what ends a line, and what turns the order of a
// line around, so that one text passes for another (UAX #9, "Explicit Directional Embeddings",
// "Overrides", "Isolates"). A byte that is part of no character is one where a terminal without
// UTF-8 takes it for C1.
std::size_t control_character(std::string_view text);

bool has_control_characters(std::string_view text);

} // namespace dynix
