#include "dynix/overrides/change.hpp"
#include "dynix/overrides/plain_text.hpp"
#include "dynix/syntax/literal.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace dynix::overrides {
namespace {

constexpr auto value_name = "VALUE";

std::string_view trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos
               ? std::string_view()
               : text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

bool is_in_brackets(std::string_view text) {
    return (text.starts_with('[') && text.ends_with(']')) ||
           (text.starts_with('{') && text.ends_with('}'));
}

// '1e400' is two words to Nix and not a number, '1.0e400' is one; '127.0.0.1' is none.
bool looks_like_a_number(std::string_view text) {
    auto const skip = [&](std::string_view any) {
        auto const end = std::min(text.find_first_not_of(any), text.size());
        text.remove_prefix(end);
        return end > 0;
    };
    auto const skip_one = [&](std::string_view any) {
        bool const there = !text.empty() && any.find(text.front()) != std::string_view::npos;
        text.remove_prefix(there ? 1 : 0);
        return there;
    };
    constexpr std::string_view digits = "0123456789";
    skip_one("-");
    if (!skip(digits))
        return false;
    if (!skip_one("."))
        return text.empty();
    skip(digits);
    if (skip_one("eE")) {
        skip_one("+-");
        if (!skip(digits))
            return false;
    }
    return text.empty();
}

// What the module system looks for around a value, and not in it: there it would be the value
// (NixOS manual, "Option Definitions").
struct not_in_value {
    std::string_view function;
    std::string_view instead;
};
constexpr std::string_view without_priority = "leave it out: the last entry wins over all others";
constexpr std::array not_in_values{
    not_in_value{"mkForce", without_priority},
    not_in_value{"mkDefault", without_priority},
    not_in_value{"mkOptionDefault", without_priority},
    not_in_value{"mkOverride", without_priority},
    not_in_value{"mkVMOverride", without_priority},
    not_in_value{"mkImageMediaOverride", without_priority},
    not_in_value{"mkIf", "'if CONDITION then VALUE else VALUE' is a value"},
    not_in_value{"mkMerge", "a value of all parts together is one"}};

// 'lib.mkForce 4': the name of its function, of a call of lib.
std::string_view called_of_lib(syntax::node root) {
    auto const value = root.unwrapped();
    if (value.kind() != syntax::node_kind::apply)
        return {};
    auto const called = syntax::as_apply(value).function.unwrapped();
    if (called.kind() != syntax::node_kind::select)
        return {};
    auto const parts = syntax::as_select(called);
    bool const is_of_lib = parts.subject.text() == "lib" && parts.path.size() == 1;
    return is_of_lib ? parts.path[0].text() : std::string_view();
}

result<new_value> read_expression(std::string_view text) {
    if (trimmed(text).empty())
        return make_error("the expression is empty");
    auto const parsed = syntax::parse(std::string(text), value_name);
    if (!parsed)
        return parsed.error();
    auto const called = called_of_lib(parsed->root());
    auto const* const wrong = std::ranges::find(not_in_values, called, &not_in_value::function);
    if (wrong != not_in_values.end()) {
        auto refused = make_error(
            fmt::format(
                "'lib.{}' is no part of a value, and an entry is an override itself", called),
            std::string(wrong->instead));
        refused.at = excerpt_of(parsed->source(), value_name, parsed->root().range());
        return refused;
    }
    return new_value(expression{std::string(text)});
}

// The numbers of a tree, in their order.
std::vector<syntax::node> numbers_in(syntax::node root) {
    std::vector<syntax::node> out;
    std::vector<syntax::node> open{root}; // a text may nest deeper than the stack
    while (!open.empty()) {
        auto const next = open.back();
        open.pop_back();
        if (next.kind() == syntax::node_kind::integer || next.kind() == syntax::node_kind::floating)
            out.push_back(next);
        auto const parts = next.children();
        for (auto i = parts.size(); i > 0; --i)
            open.push_back(parts[i - 1]);
    }
    return out;
}

} // namespace

result<new_value> read_value(std::string_view text, reading how) {
    if (auto good = check_string(value_name, text); !good)
        return good.error();
    auto const as_string = [&] { return new_value(syntax::literal(std::string(text))); };
    switch (how) {
    case reading::string:
        return as_string();
    case reading::expression:
        return read_expression(text);
    case reading::literal_or_string:
        break;
    }
    auto read = syntax::parse_literal(text, value_name);
    if (!read && (looks_like_a_number(trimmed(text)) || is_in_brackets(trimmed(text)))) {
        auto wrong = read.error();
        if (wrong.hint.empty())
            wrong.hint = "--string takes it as a string, --expr as an expression";
        return wrong;
    }
    if (!read || read->as<syntax::literal_path>() != nullptr)
        return as_string();
    return new_value(std::move(*read));
}

std::string doubt_about_string(std::string_view text, new_value const& value) {
    auto const* read = std::get_if<syntax::literal>(&value);
    auto const rest = trimmed(text);
    if (read == nullptr || read->as<std::string>() == nullptr ||
        (rest.find_first_of("[{\"") != 0 && !rest.starts_with("''")))
        return {};
    auto const literal = syntax::parse_literal(text, value_name);
    if (literal)
        return {};
    return fmt::format(
        "VALUE is no Nix literal ({}), so it is taken as a string; --string says that this is "
        "meant",
        literal.error().message);
}

std::string doubt_about_numbers(std::string_view text, new_value const& value) {
    auto const* read = std::get_if<syntax::literal>(&value);
    if (read == nullptr || read->as<std::string>() != nullptr)
        return {};
    auto const parsed = syntax::parse(std::string(text), value_name);
    if (!parsed)
        return {};
    std::vector<std::string> changed;
    for (auto const number : numbers_in(parsed->root()))
        if (auto const meant = syntax::to_literal(number))
            if (auto const printed = syntax::print(*meant); printed && *printed != number.text())
                changed.push_back(fmt::format("'{}' is the number {}", number.text(), *printed));
    if (changed.empty())
        return {};
    return fmt::format(
        "{} to Nix; {}", fmt::join(changed, ", "),
        is_in_brackets(trimmed(text)) ? "between double quotes it stays as it stands"
                                      : "--string takes it as it stands");
}

} // namespace dynix::overrides
