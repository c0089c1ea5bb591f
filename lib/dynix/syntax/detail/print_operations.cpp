// The printer: operations, calls and selections.
#include "dynix/syntax/detail/printer.hpp"
#include "dynix/syntax/grammar/operators.hpp"
#include "dynix/syntax/hugging.hpp"

#include <vector>

namespace dynix::syntax {

using namespace grammar;

void printer::write_binary(node of, place where, manner how) {
    auto const [left, right, which] = as_binary(of);
    auto const code = static_cast<std::uint8_t>(which);
    auto const& facts = operator_table[code];
    // Operators of one chain break together.
    auto const chained = [&](node side, associativity towards) {
        return facts.groups == towards && side.unwrapped().kind() == node_kind::binary &&
               !needs_parentheses(
                   side.unwrapped(),
                   {towards == associativity::left ? place::kind::left : place::kind::right, code,
                    0}) &&
               operator_table[static_cast<std::size_t>(as_binary(side.unwrapped()).which)]
                       .precedence == facts.precedence;
    };
    place const at_left{place::kind::left, code, facts.precedence};
    place const at_right{place::kind::right, code, where.follow};
    auto const is_continued = how == manner::continued;
    if (!is_continued && hugs_right_side(of)) {
        put(left, at_left);
        put(" ");
        put(facts.spelling);
        put(" ");
        put(right, at_right);
        return;
    }
    auto const indents = !is_continued || facts.groups != associativity::right;
    if (!is_continued)
        put(piece::open);
    put(left, at_left, chained(left, associativity::left) ? manner::continued : manner::usual);
    if (indents)
        put(piece::indent);
    put(piece::line);
    put(facts.spelling);
    put(" ");
    put(right, at_right, chained(right, associativity::right) ? manner::continued : manner::usual);
    if (indents)
        put(piece::dedent);
    if (!is_continued)
        put(piece::close);
}

void printer::write_apply(node of) {
    if (is_applied_to_or(of)) {
        auto const parts = as_apply(of);
        put(parts.function, {place::kind::subject});
        put(" or");
        return;
    }
    // A call of a call is one call with all arguments.
    std::vector<node> arguments; // last one first
    while (of.kind() == node_kind::apply && !is_applied_to_or(of)) {
        auto const parts = as_apply(of);
        for (auto i = parts.arguments.size(); i-- > 0;)
            arguments.push_back(parts.arguments[i]);
        of = parts.function.unwrapped();
    }
    auto const last_hugs = hugs_as_argument(arguments.front());
    place const as_argument{place::kind::argument};
    put(piece::open);
    put(of, as_argument);
    put(piece::indent);
    for (auto i = arguments.size(); i-- > (last_hugs ? 1U : 0U);) {
        put(piece::line);
        put(arguments[i], as_argument);
    }
    put(piece::dedent);
    put(piece::close);
    if (last_hugs) {
        put(" ");
        put(arguments.front(), as_argument);
    }
}

void printer::write_select(node of) {
    auto const [subject, path, fallback] = as_select(of);
    put(subject, {place::kind::subject});
    put(".");
    put_path(path);
    if (fallback) {
        put(" or ");
        put(fallback, {place::kind::argument});
    }
}

} // namespace dynix::syntax
