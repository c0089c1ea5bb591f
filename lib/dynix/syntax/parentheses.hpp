// Private to the room: where a printed expression needs parentheses.
#pragma once

#include "dynix/syntax/ast.hpp"

#include <cstdint>

namespace dynix::syntax {

// Where an expression stands, as far as it decides about parentheses.
struct place {
    enum class kind : std::uint8_t {
        whole,    // up to a bracket, a keyword, ';' and the like: never
        left,     // of the operator `code`
        right,    // of the operator `code`, or behind the prefix `code`
        tested,   // left of '?'
        argument, // of a function, item of a list, behind `or`
        subject,  // left of '.', or of the variable `or`
    };
    kind is = kind::whole;
    std::uint8_t code = 0; // as in grammar/operators.hpp
    // How tightly the next operator to the right binds, which a prefix operator at the right edge
    // would take into its operand; 0: there is none.
    std::uint8_t follow = 0;
};

// Whether the variable `or` is applied to: `x or`, an oddity that binds like a selection.
bool is_applied_to_or(node of);

// Whether `of`, which is not in parentheses itself, needs some there.
bool needs_parentheses(node of, place where);

} // namespace dynix::syntax
