// Private to the grammar: character classes and the tokens of Nix as its flex lexer cuts them.
//
// All scanners read a text that ends with a NUL byte, which belongs to no class, so no loop needs
// to compare with the end.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace dynix::syntax::grammar {

enum character_class : std::uint8_t {
    blank = 1,
    digit = 2,
    id_first = 4,
    id_rest = 8,
    path_rest = 16,
    scheme_rest = 32,
    uri_rest = 64,
    letter = 128,
};

inline constexpr auto class_table = [] {
    std::array<std::uint8_t, 256> table{};
    auto const add = [&](std::string_view characters, unsigned which) {
        for (char const c : characters) {
            auto& entry = table[static_cast<unsigned char>(c)];
            entry = static_cast<std::uint8_t>(entry | which);
        }
    };
    add(" \t\r\n", blank);
    add("0123456789", digit | id_rest | path_rest | scheme_rest | uri_rest);
    add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        letter | id_first | id_rest | path_rest | scheme_rest | uri_rest);
    add("_", id_first | id_rest | path_rest | uri_rest);
    add("'", id_rest | uri_rest);
    add("-", id_rest | path_rest | scheme_rest | uri_rest);
    add("+.", path_rest | scheme_rest | uri_rest);
    add("%/?:@&=$,!~*", uri_rest);
    return table;
}();

inline bool is(char c, unsigned which) {
    return (class_table[static_cast<unsigned char>(c)] & which) != 0;
}

inline char const* skip_class(char const* at, unsigned which) {
    while (is(*at, which))
        ++at;
    return at;
}

// ID ::= [a-zA-Z_][a-zA-Z0-9_'-]*, given that its first character is there.
inline char const* identifier_end(char const* at) {
    return skip_class(at + 1, id_rest);
}

// Whether a path goes on after its run of path characters, at a '/'.
inline bool slash_makes_path(char const* slash) {
    return is(slash[1], path_rest) || (slash[1] == '$' && slash[2] == '{');
}

// HPATH ::= ~ then a path.
inline bool home_path_at(char const* at) {
    return at[0] == '~' && at[1] == '/' && slash_makes_path(at + 1);
}

// The end of a piece of a path in its middle: STR ::= PATH | path characters* '/' | path
// characters+
inline char const* path_piece_end(char const* at) {
    at = skip_class(at, path_rest);
    while (*at == '/') {
        ++at;
        if (!is(*at, path_rest))
            break;
        at = skip_class(at, path_rest);
    }
    return at;
}

// SPATH ::= '<' path characters+ ('/' path characters+)* '>'; null if there is none.
inline char const* search_path_end(char const* at) {
    do {
        auto const* const begin = at + 1;
        at = skip_class(begin, path_rest);
        if (at == begin)
            return nullptr;
    } while (*at == '/');
    return *at == '>' ? at + 1 : nullptr;
}

inline bool search_path_at(char const* at) {
    return *at == '<' && search_path_end(at) != nullptr;
}

struct number {
    char const* end;
    bool floating;
};

// INT ::= digit+    FLOAT ::= (nonzero digit* '.' digit* | '0'? '.' digit+) ([Ee] [+-]? digit+)?
// given that a digit, or a '.' and a digit, is there.
inline number number_at(char const* at) {
    auto const* const digits_end = skip_class(at, digit);
    if (*digits_end != '.')
        return {digits_end, false};
    auto const* end = skip_class(digits_end + 1, digit);
    bool const bare = digits_end == at || (*at == '0' && digits_end == at + 1);
    if (bare ? end == digits_end + 1 : *at == '0')
        return {digits_end, false};
    if (*end == 'e' || *end == 'E') {
        auto const* const exponent = end + (end[1] == '+' || end[1] == '-' ? 2 : 1);
        if (is(*exponent, digit))
            end = skip_class(exponent, digit);
    }
    return {end, true};
}

enum class word : std::uint8_t {
    identifier,
    if_,
    then_,
    else_,
    assert_,
    with_,
    let_,
    in_,
    rec_,
    inherit_,
    or_,
};

inline word word_in(std::string_view text) {
    switch (text.size()) {
    case 2:
        if (text[0] == 'i')
            return text[1] == 'f' ? word::if_ : text[1] == 'n' ? word::in_ : word::identifier;
        return text == "or" ? word::or_ : word::identifier;
    case 3:
        return text == "let" ? word::let_ : text == "rec" ? word::rec_ : word::identifier;
    case 4:
        return text == "then"   ? word::then_
               : text == "else" ? word::else_
               : text == "with" ? word::with_
                                : word::identifier;
    case 6:
        return text == "assert" ? word::assert_ : word::identifier;
    case 7:
        return text == "inherit" ? word::inherit_ : word::identifier;
    default:
        return word::identifier;
    }
}

} // namespace dynix::syntax::grammar
