#include "dynix/base/utf8.hpp"

namespace dynix {
namespace {

// The length of the character at the beginning of `text`, 0 when none is there.
std::size_t character(std::string_view text) {
    auto const lead = static_cast<unsigned char>(text.front());
    std::size_t length = 1;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) {
        length = 2;
    } else if (lead >= 0xe0 && lead <= 0xef) {
        length = 3;
        low = lead == 0xe0 ? 0xa0 : low;
        high = lead == 0xed ? 0x9f : high;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        length = 4;
        low = lead == 0xf0 ? 0x90 : low;
        high = lead == 0xf4 ? 0x8f : high;
    } else if (lead >= 0x80) {
        return 0;
    }
    if (text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i) {
        auto const byte = static_cast<unsigned char>(text[i]);
        if (byte < low || byte > high)
            return 0;
        low = 0x80; // only the second byte has narrower bounds
        high = 0xbf;
    }
    return length;
}

} // namespace

std::size_t well_formed_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        auto const length = character(text.substr(at));
        if (length == 0)
            break;
        at += length;
    }
    return at;
}

} // namespace dynix
