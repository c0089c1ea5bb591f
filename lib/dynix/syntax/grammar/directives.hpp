// Private to the grammar: the X3 parsers that Nix needs beside those of the library.
#pragma once

#include "dynix/syntax/grammar/builder.hpp"

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#endif
#include <boost/spirit/home/x3.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <functional>

namespace dynix::syntax::grammar {

namespace x3 = boost::spirit::x3;

using iterator = char const*;
struct builder_tag;
using context = x3::context<builder_tag, std::reference_wrapper<builder>>;

inline builder& builder_of(context const& from) {
    return x3::get<builder_tag>(from).get();
}

// A parser made from a function object: bool(iterator& first, iterator last, context const&). It
// has no X3 attribute; what it builds is left on the builder's stack.
template <class Derived>
struct custom : x3::parser<Derived> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;
    static bool const handles_container = false;

    template <class RuleContext, class Attribute>
    bool parse(
        iterator& first, iterator const& last, context const& with, RuleContext const&,
        Attribute&) const {
        return this->derived().run(first, last, with);
    }
};

// One character that is a token, with the trivia behind it.
template <char C>
struct symbol_parser : custom<symbol_parser<C>> {
    bool run(iterator& first, iterator, context const& with) const {
        if (*first != C)
            return false;
        first = builder_of(with).take(first + 1);
        return true;
    }
};
template <char C>
inline constexpr symbol_parser<C> symbol{};

// An opening bracket: errors up to its closing one will point to it.
template <char C>
struct opening_parser : custom<opening_parser<C>> {
    bool run(iterator& first, iterator, context const& with) const {
        if (*first != C)
            return false;
        auto& build = builder_of(with);
        build.open(first);
        first = build.take(first + 1);
        return true;
    }
};
template <char C>
inline constexpr opening_parser<C> opening{};

template <char C>
struct closing_parser : custom<closing_parser<C>> {
    bool run(iterator& first, iterator, context const& with) const {
        if (*first != C)
            return false;
        auto& build = builder_of(with);
        build.close();
        first = build.take(first + 1);
        return true;
    }
};
template <char C>
inline constexpr closing_parser<C> closing{};

// A keyword, with the trivia behind it.
enum class bracket { none, opens, closes };
struct keyword_parser : custom<keyword_parser> {
    constexpr keyword_parser(std::string_view text, bracket as) : spelled(text), role(as) {}
    bool run(iterator& first, iterator, context const& with) const {
        auto& build = builder_of(with);
        if (!build.keyword_at(first, spelled))
            return false;
        if (role == bracket::opens)
            build.open(first);
        else if (role == bracket::closes)
            build.close();
        first = build.take(first + spelled.size());
        return true;
    }
    std::string_view spelled;
    bracket role;
};
constexpr keyword_parser keyword(std::string_view spelled) {
    return {spelled, bracket::none};
}

// node_of<S>[p]: a node of shape S from whatever p leaves on the stack.
// node_of<S, T>[p]: of shape S if that is as many as S takes, else of shape T.
template <class Subject, shape Fixed, shape Counted>
struct node_parser : x3::unary_parser<Subject, node_parser<Subject, Fixed, Counted>> {
    using base = x3::unary_parser<Subject, node_parser>;
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;

    constexpr node_parser(Subject const& inner) : base(inner) {}

    template <class RuleContext, class Attribute>
    bool parse(
        iterator& first, iterator const& last, context const& with, RuleContext const& rule_context,
        Attribute&) const {
        auto& build = builder_of(with);
        auto const begin = build.offset(first);
        auto const mark = build.mark();
        if (!this->subject.parse(first, last, with, rule_context, x3::unused))
            return false;
        if constexpr (Fixed == Counted)
            build.make(Fixed, begin, mark);
        else
            build.make(Fixed, Counted, begin, mark);
        return true;
    }
};
template <shape Fixed, shape Counted = Fixed>
struct node_generator {
    template <class Subject>
    constexpr auto operator[](Subject const& subject) const {
        using parser = typename x3::extension::as_parser<Subject>::value_type;
        return node_parser<parser, Fixed, Counted>(x3::as_parser(subject));
    }
};
template <shape Fixed, shape Counted = Fixed>
inline constexpr node_generator<Fixed, Counted> node_of{};

// One level of nesting: counted, so that deep text ends in an error and not on the stack's end.
template <class Subject>
struct nested_parser : x3::unary_parser<Subject, nested_parser<Subject>> {
    using base = x3::unary_parser<Subject, nested_parser>;
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;

    constexpr nested_parser(Subject const& inner) : base(inner) {}

    template <class RuleContext, class Attribute>
    bool parse(
        iterator& first, iterator const& last, context const& with, RuleContext const& rule_context,
        Attribute&) const {
        auto& build = builder_of(with);
        build.enter(first);
        auto const matched = this->subject.parse(first, last, with, rule_context, x3::unused);
        build.leave();
        return matched;
    }
};
struct nested_generator {
    template <class Subject>
    constexpr auto operator[](Subject const& subject) const {
        using parser = typename x3::extension::as_parser<Subject>::value_type;
        return nested_parser<parser>(x3::as_parser(subject));
    }
};
inline constexpr nested_generator nested{};

} // namespace dynix::syntax::grammar
