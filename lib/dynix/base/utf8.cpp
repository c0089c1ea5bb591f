#include "dynix/base/utf8.hpp"

#include <algorithm>

namespace dynix {

std::size_t utf8_character(std::string_view text) {
    if (text.empty())
        return 0;
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

std::size_t well_formed_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        auto const length = utf8_character(text.substr(at));
        if (length == 0)
            break;
        at += length;
    }
    return at;
}

std::size_t control_character(std::string_view text) {
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    auto const length = utf8_character(text);
    if (length == 0)
        return !text.empty() && byte(0) <= 0x9f ? 1 : 0;
    if (length == 1)
        return byte(0) < 0x20 || byte(0) == 0x7f ? 1 : 0;
    if (length == 2)
        return byte(0) == 0xc2 && byte(1) <= 0x9f ? length : 0;
    if (length != 3 || byte(0) != 0xe2)
        return 0;
    bool const is_among = (byte(1) == 0x80 && byte(2) >= 0xa8 && byte(2) <= 0xae) || // U+2028
                          (byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9);   // U+2066
    return is_among ? length : 0;
}

bool has_control_characters(std::string_view text) {
    while (!text.empty() && control_character(text) == 0)
        text.remove_prefix(std::max<std::size_t>(utf8_character(text), 1));
    return !text.empty();
}

} // namespace dynix
