#include "dynix/units/extract_word.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <utility>

namespace dynix::units {
namespace {

std::string utf8(std::uint32_t c) {
    std::string out;
    auto const add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
        add(c);
    } else if (c < 0x800) {
        add(0xc0 | c >> 6);
        add(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        add(0xe0 | c >> 12);
        add(0x80 | (c >> 6 & 0x3f));
        add(0x80 | (c & 0x3f));
    } else {
        add(0xf0 | c >> 18);
        add(0x80 | (c >> 12 & 0x3f));
        add(0x80 | (c >> 6 & 0x3f));
        add(0x80 | (c & 0x3f));
    }
    return out;
}

// The number in the first `digits` characters, or nullopt.
std::optional<std::uint32_t> number(std::string_view text, std::size_t digits, unsigned base) {
    if (text.size() < digits)
        return std::nullopt;
    std::uint32_t value = 0;
    for (char const c : text.substr(0, digits)) {
        unsigned digit = base;
        if (c >= '0' && c <= '9')
            digit = static_cast<unsigned>(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = static_cast<unsigned>(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            digit = static_cast<unsigned>(c - 'A') + 10;
        if (digit >= base)
            return std::nullopt;
        value = value * base + digit;
    }
    return value;
}

struct escape {
    std::string text;
    std::size_t size; // of the source, after the backslash
};

// The escape after a backslash; nullopt when systemd does not know it, or, where it takes no NUL,
// that is what it stands for.
std::optional<escape> read_escape(std::string_view rest, bool accept_nul = false) {
    constexpr std::string_view names = "abfnrtv\\\"'s";
    constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\\"' ";
    if (auto const known = names.find(rest[0]); known != std::string_view::npos)
        return escape{std::string(1, meanings[known]), 1};
    std::optional<std::uint32_t> value;
    std::size_t size = 0;
    bool is_byte = true;
    if (rest[0] == 'x') {
        value = number(rest.substr(1), 2, 16);
        size = 3;
    } else if (rest[0] == 'u' || rest[0] == 'U') {
        is_byte = false;
        size = rest[0] == 'u' ? 5 : 9;
        value = number(rest.substr(1), size - 1, 16);
    } else {
        value = number(rest, 3, 8);
        size = 3;
    }
    // Values that are no byte or no character are not escapes either.
    if (!value || (*value == 0 && !accept_nul) || *value > (is_byte ? 0xffU : 0x10ffffU))
        return std::nullopt;
    return escape{is_byte ? std::string(1, static_cast<char>(*value)) : utf8(*value), size};
}

} // namespace

result<std::optional<std::string>> next_word(std::string_view& rest) {
    auto const start = rest.find_first_not_of(whitespace);
    if (start == std::string_view::npos) {
        rest = {};
        return std::optional<std::string>();
    }
    rest.remove_prefix(start);
    std::string word;
    char quote = 0;
    std::size_t at = 0;
    for (; at < rest.size(); ++at) {
        char const c = rest[at];
        if (c == '\\' && at + 1 < rest.size()) {
            if (auto const known = read_escape(rest.substr(at + 1))) {
                word += known->text;
                at += known->size;
            } else {
                word += c;
                word += rest[++at];
            }
        } else if (quote != 0) {
            c == quote ? static_cast<void>(quote = 0) : word.push_back(c);
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (whitespace.find(c) != std::string_view::npos) {
            break;
        } else {
            word += c;
        }
    }
    if (quote != 0)
        return make_error(fmt::format("a quote is not closed in '{}'", rest));
    rest.remove_prefix(at);
    rest.remove_prefix(std::min(rest.find_first_not_of(whitespace), rest.size()));
    return std::optional(std::move(word));
}

std::optional<std::string> unescape(std::string_view value) {
    std::string plain;
    for (std::size_t at = 0; at < value.size(); ++at) {
        if (value[at] != '\\') {
            plain += value[at];
            continue;
        }
        auto const known =
            at + 1 < value.size() ? read_escape(value.substr(at + 1), true) : std::nullopt;
        if (!known)
            return std::nullopt;
        plain += known->text;
        at += known->size;
    }
    return plain;
}

} // namespace dynix::units
