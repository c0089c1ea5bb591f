// Private to the grammar: the rules of Nix.
#pragma once

#include "dynix/syntax/grammar/operators.hpp"
#include "dynix/syntax/grammar/text_parsers.hpp"

namespace dynix::syntax::grammar {

// What an error calls a thing that is missing, in the reader's words: "expected <name>".
// clang-format off
x3::rule<struct expression_class> const expression    = "an expression";
x3::rule<struct lambda_class> const lambda            = "a function";
x3::rule<struct function_class> const formals_lambda  = "a function of a set";
x3::rule<struct let_class> const let_in               = "'let'";
x3::rule<struct if_class> const if_else               = "'if'";
x3::rule<struct assert_class> const assertion         = "'assert'";
x3::rule<struct with_class> const with_scope          = "'with'";
x3::rule<struct inherit_class> const inherit          = "'inherit'";
x3::rule<struct source_class> const inherit_from       = "'inherit ('";
x3::rule<struct binding_class> const binding          = "a binding";
x3::rule<struct formal_class> const formal            = "an argument name";
x3::rule<struct paren_class> const parenthesized      = "'('";
x3::rule<struct list_class> const list                = "'['";
x3::rule<struct set_class> const attribute_set        = "'{'";
x3::rule<struct rec_class> const recursive_set        = "'rec'";
x3::rule<struct legacy_class> const legacy_let        = "'let {'";

// '=', and not the '=' of '=='.
struct equals_parser : custom<equals_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        return *first == '=' && first[1] != '=' && symbol<'='>.run(first, last, with);
    }
};

template <class Id>
constexpr auto named(char const* name) { return x3::rule<Id>(name); }

auto const then_        = named<struct then_id>("'then'") = keyword("then");
auto const else_        = named<struct else_id>("'else'") = keyword_parser("else", bracket::closes);
auto const in_          = named<struct in_id>("a binding or 'in'") = keyword_parser("in", bracket::closes);
auto const end_assert   = named<struct end_assert_id>("';' to end the condition of 'assert'") = closing<';'>;
auto const end_with     = named<struct end_with_id>("';' to end the set of 'with'") = closing<';'>;
auto const end_binding  = named<struct end_binding_id>("';' to end binding") = symbol<';'>;
auto const end_inherit  = named<struct end_inherit_id>("an attribute name or ';' to end 'inherit'") = symbol<';'>;
auto const end_source   = named<struct end_source_id>("')' to end the set of 'inherit'") = closing<')'>;
auto const equals       = named<struct equals_id>("'.' or '=' after attribute name") = equals_parser{};
auto const end_paren    = named<struct end_paren_id>("')'") = closing<')'>;
auto const end_list     = named<struct end_list_id>("a list item or ']'") = closing<']'>;
auto const end_set      = named<struct end_set_id>("a binding or '}'") = closing<'}'>;
auto const body_set     = named<struct body_set_id>("'{' after 'rec'") = opening<'{'>;
auto const colon        = named<struct colon_id>("':' before function body") = symbol<':'>;
auto const colon_or_at  = named<struct colon_or_at_id>("':' or '@' after function arguments") = symbol<':'>;
// clang-format on

// An identifier that is a token of its own and no keyword; null if there is none.
inline iterator plain_identifier_end(iterator at, builder& build) {
    if (!is(*at, id_first))
        return nullptr;
    auto const* const end = identifier_end(at);
    if (word_in({at, end}) != word::identifier || !build.is_word(at, end))
        return nullptr;
    return end;
}

// name ::= identifier
struct name_parser : custom<name_parser> {
    bool run(iterator& first, iterator, context const& with) const {
        auto& build = builder_of(with);
        auto const* const end = plain_identifier_end(first, build);
        if (end == nullptr)
            return false;
        build.push_name(first);
        first = build.take(end);
        return true;
    }
};
auto const argument_name = named<struct argument_name_id>("an argument name") = name_parser{};

// attribute ::= identifier | 'or' | string | interpolation
struct attribute_parser : custom<attribute_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        auto& build = builder_of(with);
        if (is(*first, id_first)) {
            auto const* const end = identifier_end(first);
            auto const which = word_in({first, end});
            if ((which != word::identifier && which != word::or_) || !build.is_word(first, end))
                return false;
            build.push_name(first);
            first = build.take(end);
            return true;
        }
        if (*first == '"')
            return string_parser{}.run(first, last, with);
        if (first[0] == '$' && first[1] == '{') {
            interpolate(first, last, with);
            first = build.take(first);
            return true;
        }
        return false;
    }
};

// attribute path ::= attribute ('.' attribute)*
struct attribute_path_parser : custom<attribute_path_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        if (!attribute_parser{}.run(first, last, with))
            return false;
        auto& build = builder_of(with);
        while (build.dot_at(first)) {
            first = build.take(first + 1);
            if (!attribute_parser{}.run(first, last, with))
                fail(first, "an attribute name after '.'");
        }
        return true;
    }
};

// simple ::= identifier | number | string | indented string | path | search path | URI
//          | '(' expression ')' | 'let' '{' bindings '}' | 'rec'? '{' bindings '}' | '[' select*
//          ']'
struct simple_parser : custom<simple_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        auto& build = builder_of(with);
        auto const rule = [&](auto const& which) {
            return which.parse(first, last, with, x3::unused, x3::unused);
        };
        if (is(*first, id_first)) {
            auto const* const end = identifier_end(first);
            if (!build.is_word(first, end)) {
                if (build.path_at(first))
                    return path_parser{}.run(first, last, with);
                return leaf(shape::uri, first, build.uri_end(first), build);
            }
            switch (word_in({first, end})) {
            case word::identifier:
                build.push_variable(first);
                first = build.take(end);
                return true;
            case word::rec_:
                return rule(recursive_set);
            case word::let_:
                return *build.peek(end) == '{' && rule(legacy_let);
            default:
                return false;
            }
        }
        switch (*first) {
        case '"':
            return string_parser{}.run(first, last, with);
        case '(':
            return rule(parenthesized);
        case '[':
            return rule(list);
        case '{':
            return rule(attribute_set);
        case '\'':
            return indented_string_parser{}.run(first, last, with);
        case '.':
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7':
        case '8':
        case '9': {
            if (build.path_at(first))
                return path_parser{}.run(first, last, with);
            if (*first == '.' && !is(first[1], digit))
                return false;
            auto const found = number_at(first);
            return leaf(found.floating ? shape::floating : shape::integer, first, found.end, build);
        }
        case '-':
        case '+':
            return build.path_at(first) && path_parser{}.run(first, last, with);
        case '/':
            return slash_makes_path(first) && path_parser{}.run(first, last, with);
        case '~':
            return home_path_at(first) && path_parser{}.run(first, last, with);
        case '<': {
            auto const* const end = search_path_end(first);
            return end != nullptr && leaf(shape::search_path, first, end, build);
        }
        default:
            return false;
        }
    }

  private:
    static bool leaf(shape what, iterator& first, iterator end, builder& build) {
        build.make_leaf(what, first, end);
        first = build.take(end);
        return true;
    }
};

// select ::= simple ('.' attribute path ('or' select)? | 'or')?
// The last one is an oddity that old code needs: a value applied to a variable called `or`.
struct select_parser : custom<select_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        auto& build = builder_of(with);
        auto const begin = build.offset(first);
        auto const mark = build.mark();
        if (!simple_parser{}.run(first, last, with))
            return false;
        if (build.dot_at(first)) {
            if (take_path(first, last, with, build))
                take_fallback(first, last, with, build, begin, mark);
            else
                build.make(shape::select_1, shape::select, begin, mark);
        } else {
            take_cursed_or(first, build, begin, mark);
        }
        return true;
    }

  private:
    // Takes '.' attribute path 'or'?; whether there was an 'or'.
    static bool take_path(iterator& first, iterator last, context const& with, builder& build) {
        first = build.take(first + 1);
        if (!attribute_path_parser{}.run(first, last, with))
            fail(first, "an attribute name after '.'");
        if (!build.keyword_at(first, "or"))
            return false;
        build.enter(first);
        first = build.take(first + 2);
        return true;
    }

    static void
    take_cursed_or(iterator& first, builder& build, std::uint32_t begin, std::size_t mark) {
        if (!build.keyword_at(first, "or"))
            return;
        build.push_variable(first);
        first = build.take(first + 2);
        build.make(shape::apply_1, begin, mark);
    }

    // The select after an 'or', which may go on with another: no recursion, as in operation_parser.
    static void take_fallback(
        iterator& first, iterator last, context const& with, builder& build, std::uint32_t begin,
        std::size_t mark) {
        auto const base = build.pending().size();
        for (;;) {
            build.pending().push(begin);
            build.pending().push(static_cast<std::uint32_t>(mark));
            begin = build.offset(first);
            mark = build.mark();
            if (!simple_parser{}.run(first, last, with))
                fail(first, "a value after 'or'");
            if (!build.dot_at(first)) {
                take_cursed_or(first, build, begin, mark);
                break;
            }
            if (!take_path(first, last, with, build)) {
                build.make(shape::select_1, shape::select, begin, mark);
                break;
            }
        }
        while (build.pending().size() != base) {
            mark = build.pending().back();
            build.pending().pop();
            begin = build.pending().back();
            build.pending().pop();
            build.leave();
            build.make(shape::select_or_1, shape::select_or, begin, mark);
        }
    }
};

// application ::= select+
struct application_parser : custom<application_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        auto& build = builder_of(with);
        auto const begin = build.offset(first);
        auto const mark = build.mark();
        if (!select_parser{}.run(first, last, with))
            return false;
        while (select_parser{}.run(first, last, with)) {
        }
        if (build.mark() - mark > 1)
            build.make(shape::apply_1, shape::apply, begin, mark);
        return true;
    }
};

// operation ::= ('!' | '-')* application ('?' attribute path | operator operation)*
// with precedence and grouping by the table, and no recursion: operators that wait for their right
// side stand on a stack of the builder.
struct operation_parser : custom<operation_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        auto& build = builder_of(with);
        auto const base = build.pending().size();
        for (;;) {
            take_prefixes(first, build);
            if (!application_parser{}.run(first, last, with)) {
                if (build.pending().size() == base)
                    return false;
                fail(first, "an expression");
            }
            if (!take_operator(first, last, with, build, base))
                break;
        }
        while (build.pending().size() != base)
            reduce(build);
        return true;
    }

  private:
    static void wait(std::uint32_t code, iterator at, builder& build) {
        build.enter(at);
        build.pending().push(build.offset(at));
        build.pending().push(code);
    }

    static void take_prefixes(iterator& first, builder& build) {
        for (;;) {
            if (*first == '!' && first[1] != '=')
                wait(not_code, first, build);
            else if (*first == '-' && first[1] != '>' && !build.path_at(first))
                wait(negation_code, first, build);
            else
                return;
            first = build.take(first + 1);
        }
    }

    static shape shape_of(binary_operator which) {
        return static_cast<shape>(
            static_cast<std::uint32_t>(shape::binary) + static_cast<std::uint32_t>(which));
    }

    // Makes a node of the operator on top of the stack, whose right side is complete.
    static void reduce(builder& build) {
        auto const code = build.pending().back();
        build.pending().pop();
        auto const at = build.pending().back();
        build.pending().pop();
        build.leave();
        if (code >= operator_table.size()) {
            auto const what = code == not_code ? shape::not_operation : shape::negation;
            build.make(what, at, build.mark() - 1);
            return;
        }
        auto const mark = build.mark() - 2;
        build.make(
            shape_of(static_cast<binary_operator>(code)), build.begin_of(build.at(mark)), mark);
    }

    // Takes the operator after an operand; false if there is none.
    static bool take_operator(
        iterator& first, iterator last, context const& with, builder& build, std::size_t base) {
        auto const* const operand_end = first;
        while (*first == '?') {
            reduce_down_to(has_attribute_precedence, build, base);
            auto const mark = build.mark() - 1;
            auto const begin = build.begin_of(build.top());
            first = build.take(first + 1);
            if (!attribute_path_parser{}.run(first, last, with))
                fail(first, "an attribute name after '?'");
            build.make(shape::has_1, shape::has, begin, mark);
        }
        auto const next = operator_at(first);
        if (!next.found)
            return false;
        // After a value a path would have been its argument; after an attribute path it is in
        // nobody's way but the reader's.
        if (first != operand_end && (build.path_at(first) || search_path_at(first)))
            return false;
        if (*first == '/' && first[1] == '*')
            throw refusal{first, first + 2, "this comment is not closed", "add '*/'"};
        auto const& facts = operator_table[static_cast<std::size_t>(next.which)];
        auto const* const end = first + facts.spelling.size();
        reduce_down_to(facts.precedence, build, base);
        if (build.pending().size() != base) {
            auto const before = build.pending().back();
            if (precedence_of(before) == facts.precedence) {
                // Equal operators that group to the left were reduced above.
                if (facts.groups == associativity::none)
                    refuse_chain(first, end);
                if (before != static_cast<std::uint32_t>(next.which))
                    refuse_mixed_pipes(first, end);
            }
        }
        if (next.which == binary_operator::pipe_from &&
            build.top_is(shape_of(binary_operator::pipe_into)))
            refuse_mixed_pipes(first, end);
        wait(static_cast<std::uint32_t>(next.which), first, build);
        first = build.take(end);
        return true;
    }

    // Completes the waiting operators that bind at least as tightly as one of this precedence
    // would want: tighter ones, and equal ones that group to the left.
    static void reduce_down_to(std::uint8_t precedence, builder& build, std::size_t base) {
        while (build.pending().size() != base) {
            auto const code = build.pending().back();
            auto const waiting = precedence_of(code);
            auto const goes_first =
                waiting > precedence || (waiting == precedence && code < operator_table.size() &&
                                         operator_table[code].groups == associativity::left);
            if (!goes_first)
                return;
            reduce(build);
        }
    }

    [[noreturn]] static void refuse_mixed_pipes(iterator begin, iterator end) {
        throw refusal{begin, end, "'|>' and '<|' cannot be mixed without parentheses", {}};
    }
    [[noreturn]] static void refuse_chain(iterator begin, iterator end) {
        throw refusal{
            begin, end, "operators of this kind cannot follow one another",
            "put parentheses around one of the two operations"};
    }
};

// Whether the '{' here begins the arguments of a function and not a set: decided by two tokens, or
// by what follows an empty pair.
inline bool formals_ahead(iterator brace, builder const& build) {
    auto const* at = build.peek(brace + 1);
    if (*at == '}') {
        at = build.peek(at + 1);
        return *at == ':' || *at == '@';
    }
    if (std::strncmp(at, "...", 3) == 0)
        return true;
    if (!is(*at, id_first))
        return false;
    at = build.peek(identifier_end(at));
    return *at == ',' || *at == '?' || *at == '}' || std::strncmp(at, "...", 3) == 0;
}

// expression ::= function | assertion | with | let | if | operation, by first character
struct expression_parser : custom<expression_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        auto& build = builder_of(with);
        auto const rule = [&](auto const& which) {
            return which.parse(first, last, with, x3::unused, x3::unused);
        };
        if (*first == '{') {
            if (formals_ahead(first, build))
                return rule(formals_lambda);
        } else if (is(*first, id_first)) {
            auto const* const end = identifier_end(first);
            switch (word_in({first, end})) {
            case word::identifier: {
                auto const next = *build.peek(end);
                if ((next == ':' || next == '@') && build.is_word(first, end))
                    return rule(lambda);
                break;
            }
            case word::let_:
                if (*build.peek(end) != '{' && build.is_word(first, end))
                    return rule(let_in);
                break;
            case word::if_:
                if (build.is_word(first, end))
                    return rule(if_else);
                break;
            case word::assert_:
                if (build.is_word(first, end))
                    return rule(assertion);
                break;
            case word::with_:
                if (build.is_word(first, end))
                    return rule(with_scope);
                break;
            default:
                break;
            }
        }
        return operation_parser{}.run(first, last, with);
    }
};

// formals ::= '{' '}' | '{' (formal ',')* (formal ','? | '...') '}'
struct formals_parser : custom<formals_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        if (*first != '{')
            return false;
        auto& build = builder_of(with);
        auto const begin = build.offset(first);
        auto const mark = build.mark();
        auto what = shape::formals;
        build.open(first);
        first = build.take(first + 1);
        while (*first != '}') {
            if (std::strncmp(first, "...", 3) == 0 && !build.path_at(first)) {
                what = shape::formals_open;
                first = build.take(first + 3);
                if (*first != '}')
                    fail(first, "'}' after '...'");
                break;
            }
            if (!formal.parse(first, last, with, x3::unused, x3::unused))
                fail(first, "an argument name, '...' or '}'");
            if (*first == '}')
                break;
            if (*first != ',')
                fail(first, "',' or '}' after argument");
            first = build.take(first + 1);
        }
        build.close();
        first = build.take(first + 1);
        build.make(what, begin, mark);
        return true;
    }
};

// A default of a formal, if there is one: formal ::= identifier ('?' expression)?
struct formal_parser : custom<formal_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        auto& build = builder_of(with);
        auto const begin = build.offset(first);
        auto const mark = build.mark();
        if (!name_parser{}.run(first, last, with))
            return false;
        if (*first != '?')
            return true;
        first = build.take(first + 1);
        if (!expression.parse(first, last, with, x3::unused, x3::unused))
            fail(first, "a default value after '?'");
        build.make(shape::formal, begin, mark);
        return true;
    }
};

// bindings ::= (inherit | inherit from | binding)*
struct bindings_parser : custom<bindings_parser> {
    bool run(iterator& first, iterator last, context const& with) const {
        auto& build = builder_of(with);
        for (;;) {
            auto const rule = [&](auto const& which) {
                return which.parse(first, last, with, x3::unused, x3::unused);
            };
            auto const matched = *first != 'i' || !build.keyword_at(first, "inherit")
                                     ? rule(binding)
                                 : *build.peek(first + 7) == '(' ? rule(inherit_from)
                                                                 : rule(inherit);
            if (!matched)
                return true;
        }
    }
};

struct opening_interpolation : custom<opening_interpolation> {
    bool run(iterator& first, iterator, context const& with) const {
        auto& build = builder_of(with);
        build.open(first);
        first = build.take(first + 2);
        return true;
    }
};
// The trivia behind it is not taken: it may be text of a string.
struct closing_interpolation : custom<closing_interpolation> {
    bool run(iterator& first, iterator, context const& with) const {
        if (*first != '}')
            return false;
        auto& build = builder_of(with);
        build.close();
        build.take_without_trivia(++first);
        return true;
    }
};
auto const end_interpolation = named<struct end_interpolation_id>("'}' to end interpolation") =
    closing_interpolation{};

auto const bindings = bindings_parser{};
auto const attribute_path = attribute_path_parser{};
auto const formals = formals_parser{};
auto const formals_at = named<struct formals_at_id>("'{' after '@'") = formals_parser{};

// clang-format off

// expression ::= (see expression_parser)
auto const expression_def = nested[expression_parser{}];
// lambda ::= identifier ':' expression | identifier '@' formals ':' expression
auto const lambda_def =
    node_of<shape::lambda, shape::lambda_before>[
        name_parser{} >> -(symbol<'@'> > formals_at) > colon > expression];
// formals lambda ::= formals ('@' identifier)? ':' expression
auto const formals_lambda_def =
    node_of<shape::lambda_formals, shape::lambda_after>[
        formals >> -(symbol<'@'> > argument_name) > colon_or_at > expression];
// formal ::= identifier ('?' expression)?
auto const formal_def = formal_parser{};
// assertion ::= 'assert' expression ';' expression
auto const assertion_def =
    node_of<shape::assertion>[keyword_parser("assert", bracket::opens) > expression > end_assert > expression];
// with ::= 'with' expression ';' expression
auto const with_scope_def =
    node_of<shape::with_scope>[keyword_parser("with", bracket::opens) > expression > end_with > expression];
// let ::= 'let' bindings 'in' expression
auto const let_in_def =
    node_of<shape::let_in>[keyword_parser("let", bracket::opens) >> bindings > in_ > expression];
// if ::= 'if' expression 'then' expression 'else' expression
auto const if_else_def =
    node_of<shape::if_else>[
        keyword_parser("if", bracket::opens) > expression > then_ > expression > else_ > expression];
// parenthesized ::= '(' expression ')'
auto const parenthesized_def =
    node_of<shape::parenthesized>[opening<'('> > expression > end_paren];
// list ::= '[' select* ']'
auto const list_def =
    nested[node_of<shape::list>[opening<'['> >> *select_parser{} > end_list]];
// set ::= '{' bindings '}'
auto const attribute_set_def =
    node_of<shape::attribute_set>[opening<'{'> >> bindings > end_set];
// recursive set ::= 'rec' '{' bindings '}'
auto const recursive_set_def =
    node_of<shape::recursive_set>[keyword("rec") > body_set > bindings > end_set];
// legacy let ::= 'let' '{' bindings '}'
auto const legacy_let_def =
    node_of<shape::legacy_let>[keyword("let") >> opening<'{'> >> bindings > end_set];
// binding ::= attribute path '=' expression ';'
auto const binding_def =
    node_of<shape::binding_1, shape::binding>[attribute_path > equals > expression > end_binding];
// inherit ::= 'inherit' attribute* ';'
auto const inherit_def =
    node_of<shape::inherit>[keyword("inherit") >> *attribute_parser{} > end_inherit];
// inherit from ::= 'inherit' '(' expression ')' attribute* ';'
auto const inherit_from_def =
    node_of<shape::inherit_from>[
        keyword("inherit") >> opening<'('> > expression > end_source
        > *attribute_parser{} > end_inherit];
// interpolation ::= '${' expression '}'
auto const interpolation_def =
    node_of<shape::interpolation>[opening_interpolation{} > expression > end_interpolation];

BOOST_SPIRIT_DEFINE(
    expression, lambda, formals_lambda, formal, assertion, with_scope, let_in, if_else,
    parenthesized, list, attribute_set, recursive_set, legacy_let, binding, inherit, inherit_from,
    interpolation)

// clang-format on

} // namespace dynix::syntax::grammar
