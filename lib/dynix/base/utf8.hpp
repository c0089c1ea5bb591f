// Whether bytes are UTF-8 text, which is all that JSON, Nix's own JSON and systemd take (RFC
// 8259, 8.1; systemd.unit(5) has the same rule for the files it reads).
#pragma once

#include <cstddef>
#include <string_view>

namespace dynix {

// How many bytes from the beginning of `text` are well-formed UTF-8 (Unicode, table 3-7): its size,
// or the offset of the first byte that is none.
std::size_t well_formed_utf8(std::string_view text);

} // namespace dynix
