// Private to the grammar: strings, paths and the other tokens that may hold expressions.
#pragma once

#include "dynix/syntax/grammar/directives.hpp"

namespace dynix::syntax::grammar {

// "${" expression '}': defined by the grammar, used by the tokens here. What stands behind the '}'
// is left alone, since in a string it is text.
x3::rule<struct interpolation_class> const interpolation = "an interpolation";

[[noreturn]] inline void fail(iterator at, char const* expected) {
    throw x3::expectation_failure<iterator>(at, expected);
}

inline bool interpolate(iterator& at, iterator last, context const& with) {
    return interpolation.parse(at, last, with, x3::unused, x3::unused);
}

[[noreturn]] inline void refuse_nul(iterator at) {
    throw refusal{at, at + 1, "a NUL byte cannot stand in a Nix text", {}};
}

// The same of one inside of a text, with the piece of text before it; returns its end.
inline iterator interpolation_end(iterator piece, iterator at, iterator last, context const& with) {
    if (at != piece)
        builder_of(with).make_leaf(shape::text, piece, at);
    interpolate(at, last, with);
    return at;
}

// The bytes at which the text of a string may stop.
inline constexpr auto stops = [] {
    std::array<bool, 256> table{};
    for (char const c : {'"', '\\', '$', '\'', '\0'})
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

// string ::= '"' (text | escape | interpolation)* '"'
// As flex cuts it: '$' takes the byte behind it with it, unless that is '{', '"' or '\'.
struct string_parser : custom<string_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        if (*first != '"')
            return false;
        auto& build = builder_of(with);
        auto const* const begin = first;
        auto const mark = build.mark();
        build.open(begin);
        auto const* piece = begin + 1;
        for (auto const* at = piece;;) {
            while (!stops[static_cast<unsigned char>(*at)])
                ++at;
            switch (*at) {
            case '"':
                build.close();
                if (piece == begin + 1 && build.mark() == mark) {
                    build.make_leaf(shape::string_leaf, begin, at + 1);
                } else {
                    if (at != piece)
                        build.make_leaf(shape::text, piece, at);
                    build.take_without_trivia(at + 1);
                    build.make(shape::string_pieces, build.offset(begin), mark);
                }
                first = build.take(at + 1);
                return true;
            case '\\':
                at += at + 1 < last ? 2 : 1;
                break;
            case '$':
                if (at[1] == '{') {
                    piece = at = interpolation_end(piece, at, last, with);
                } else {
                    at += at[1] == '"' || at[1] == '\\' || at[1] == '\0' ? 1 : 2;
                }
                break;
            case '\'':
                ++at;
                break;
            default:
                if (at != last)
                    refuse_nul(at);
                fail(at, "'\"' to end string");
            }
        }
    }
};

// indented string ::= "''" (text | "''$" | "'''" | "''\" any | interpolation)* "''"
struct indented_string_parser : custom<indented_string_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        if (first[0] != '\'' || first[1] != '\'')
            return false;
        auto& build = builder_of(with);
        auto const* const begin = first;
        auto const mark = build.mark();
        build.open(begin);
        auto const* piece = begin + 2;
        for (auto const* at = piece;;) {
            while (*at != '\'' && *at != '$' && *at != '\0')
                ++at;
            if (*at == '\'') {
                if (at[1] != '\'') {
                    ++at;
                } else if (at[2] == '$' || at[2] == '\'') {
                    at += 3;
                } else if (at[2] == '\\' && at + 3 < last) {
                    at += 4;
                } else {
                    break_off(first, begin, piece, at, mark, build);
                    return true;
                }
            } else if (*at == '$') {
                if (at[1] == '{') {
                    piece = at = interpolation_end(piece, at, last, with);
                } else {
                    at += at[1] == '\'' || at[1] == '\0' ? 1 : 2;
                }
            } else {
                if (at != last)
                    refuse_nul(at);
                fail(at, "\"''\" to end indented string");
            }
        }
    }

  private:
    static void break_off(
        iterator& first, iterator begin, iterator piece, iterator at, std::size_t mark,
        builder& build) {
        build.close();
        if (piece == begin + 2 && build.mark() == mark) {
            build.make_leaf(shape::indented_leaf, begin, at + 2);
        } else {
            if (at != piece)
                build.make_leaf(shape::text, piece, at);
            build.take_without_trivia(at + 2);
            build.make(shape::indented_pieces, build.offset(begin), mark);
        }
        first = build.take(at + 2);
    }
};

// path ::= '~'? path characters with at least one '/', pieces of them and interpolations after it
// Given that builder::path_at or home_path_at said that one begins here.
struct path_parser : custom<path_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        auto& build = builder_of(with);
        auto const* const begin = first;
        auto const mark = build.mark();
        auto const* at = path_piece_end(begin + (*begin == '~' ? 1 : 0));
        if (*at == '/') {
            // Nix's grammar wants an interpolation after at most one further piece.
            auto const* const second = path_piece_end(at);
            if (second[0] != '$' || second[1] != '{') {
                refuse_slash(second);
                fail(second, "'${' in a path with '//'");
            }
            at = second;
        }
        auto const* piece = begin;
        while (at[0] == '$' && at[1] == '{') {
            piece = at = interpolation_end(piece, at, last, with);
            while (is(*at, path_rest) || *at == '/')
                ++at;
        }
        if (at != piece)
            refuse_slash(at);
        if (piece == begin) {
            build.make_leaf(shape::path_leaf, begin, at);
        } else {
            if (at != piece)
                build.make_leaf(shape::text, piece, at);
            build.take_without_trivia(at);
            build.make(shape::path_pieces, build.offset(begin), mark);
        }
        first = build.take(at);
        return true;
    }

  private:
    static void refuse_slash(iterator path_end) {
        if (path_end[-1] == '/')
            throw refusal{path_end - 1, path_end, "a path cannot end in '/'", {}};
    }
};

} // namespace dynix::syntax::grammar
