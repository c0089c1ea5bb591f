// Private to the grammar, and to the printer that follows it: what operators there are and how
// tightly they bind.
#pragma once

#include "dynix/syntax/ast.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace dynix::syntax::grammar {

enum class associativity : std::uint8_t { left, right, none };

struct operator_facts {
    std::string_view spelling;
    std::uint8_t precedence;
    associativity groups;
};

// Indexed by binary_operator.
inline constexpr std::array<operator_facts, 17> operator_table{{
    {"->", 2, associativity::right},
    {"||", 3, associativity::left},
    {"&&", 4, associativity::left},
    {"==", 5, associativity::none},
    {"!=", 5, associativity::none},
    {"<", 6, associativity::none},
    {"<=", 6, associativity::none},
    {">", 6, associativity::none},
    {">=", 6, associativity::none},
    {"//", 7, associativity::right},
    {"+", 9, associativity::left},
    {"-", 9, associativity::left},
    {"*", 10, associativity::left},
    {"/", 10, associativity::left},
    {"++", 11, associativity::right},
    {"|>", 1, associativity::left},
    {"<|", 1, associativity::right},
}};

// The others: `!` is weaker than `+`, and `-` in front of a value stronger than everything.
inline constexpr std::uint8_t not_precedence = 8;
inline constexpr std::uint8_t has_attribute_precedence = 12;
inline constexpr std::uint8_t negation_precedence = 13;

inline constexpr std::uint32_t not_code = 17;
inline constexpr std::uint32_t negation_code = 18;

inline std::uint8_t precedence_of(std::uint32_t code) {
    return code < operator_table.size() ? operator_table[code].precedence
           : code == not_code           ? not_precedence
                                        : negation_precedence;
}

// The binary operator that begins here; the longest one, as flex takes it.
struct found_operator {
    bool found = false;
    binary_operator which{};
};
inline found_operator operator_at(char const* at) {
    using enum binary_operator;
    switch (*at) {
    case '+':
        return {true, at[1] == '+' ? concatenate : add};
    case '-':
        return {true, at[1] == '>' ? implication : subtract};
    case '*':
        return {true, multiply};
    case '/':
        return {true, at[1] == '/' ? update : divide};
    case '<':
        return {true, at[1] == '=' ? less_or_equal : at[1] == '|' ? pipe_from : less};
    case '>':
        return {true, at[1] == '=' ? greater_or_equal : greater};
    case '=':
        return {at[1] == '=', equal};
    case '!':
        return {at[1] == '=', not_equal};
    case '&':
        return {at[1] == '&', logical_and};
    case '|':
        return {at[1] == '|' || at[1] == '>', at[1] == '|' ? logical_or : pipe_into};
    default:
        return {};
    }
}

} // namespace dynix::syntax::grammar
