#include "dynix/syntax/arena.hpp"
#include "dynix/syntax/literal.hpp"
#include "dynix/syntax/merge.hpp"
#include "dynix/syntax/parse.hpp"
#include "dynix/syntax/strings.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace dynix::syntax {

namespace {

class reader {
  public:
    explicit reader(arena const& content) : content_(content), merge_(content) {}

    result<literal> read(node of, std::size_t depth) {
        of = of.unwrapped();
        if (depth > deepest_literal)
            return refuse(of, fmt::format("a value nested over {} levels", deepest_literal));
        switch (of.kind()) {
        case node_kind::variable:
            return read_word(of);
        case node_kind::integer:
            return literal(integer_value(of));
        case node_kind::floating:
            return literal(floating_value(of));
        case node_kind::negation:
            return read_negation(of, depth);
        case node_kind::string:
        case node_kind::indented_string:
        case node_kind::uri:
            if (auto value = static_string(of))
                return literal(std::move(*value));
            return refuse(
                of, "a string with an interpolation", "write \\${ for these characters themselves");
        case node_kind::path:
            if (of.children().empty())
                return literal(literal_path{std::string(of.text())});
            return refuse(of, "a path with an interpolation");
        case node_kind::list:
            return read_list(of, depth);
        case node_kind::attribute_set:
            merge_.clear();
            return read_set(merge_.merge(content_.children_of(of.id()), false), of, depth);
        case node_kind::binary:
            return read_operation(of, depth);
        default:
            return refuse(of, fmt::format("{} '{}'", describe(of.kind()), of.text()));
        }
    }

  private:
    error refuse(node where, std::string_view what, std::string hint = {}) const {
        auto shown = std::string(what);
        if (shown.size() > 60)
            shown = shown.substr(0, shown.find(" '"));
        error why{fmt::format("expected a literal value, found {}", shown), std::move(hint)};
        why.at = excerpt_of(content_.text, content_.name, where.range());
        return why;
    }

    result<literal> read_word(node of) const {
        auto const word = of.text();
        if (word == "null")
            return literal();
        if (word == "true" || word == "false")
            return literal(word == "true");
        return refuse(
            of, fmt::format("variable '{}'", word),
            fmt::format("a string needs quotes: \"{}\"", word));
    }

    // As Nix computes it: 0 - value, so that -0.0 is 0.0.
    result<literal> read_negation(node of, std::size_t depth) {
        auto value = read(of.child(0), depth + 1);
        if (!value)
            return value;
        if (auto const* const number = value->as<double>())
            return literal(0 - *number);
        if (auto const* const number = value->as<std::int64_t>();
            number != nullptr && *number != std::numeric_limits<std::int64_t>::min())
            return literal(-*number);
        return refuse(of, "a '-' in front of what is no number it could negate");
    }

    result<literal> read_list(node of, std::size_t depth) {
        literal::list items;
        for (auto const item : of.children()) {
            auto value = read(item, depth + 1);
            if (!value)
                return value;
            items.push_back(std::move(*value));
        }
        return literal(std::move(items));
    }

    result<literal> read_set(std::uint32_t index, node of, std::size_t depth) {
        if (depth > deepest_literal)
            return refuse(of, fmt::format("a value nested over {} levels", deepest_literal));
        auto const& merged = merge_.set(index);
        if (!merged.dynamics.empty())
            return refuse(merged.dynamics[0].step, "a computed attribute name");
        // Reading a nested set reuses the merger, so this one's parts are copied out first.
        auto const attributes = merged.attributes;
        literal::attribute_set made;
        std::vector<std::pair<std::size_t, std::uint32_t>> in_pieces;
        for (auto const& one : attributes) {
            if (one.from != merged_attribute::origin::plain)
                return refuse(one.defined_at, "'inherit'");
            made.push_back({std::string(one.name), {}});
        }
        for (std::size_t i = 0; i < attributes.size(); ++i) {
            if (attributes[i].set == no_set)
                continue;
            auto value = read_set(attributes[i].set, of, depth + 1);
            if (!value)
                return value;
            made[i].value = std::move(*value);
        }
        for (std::size_t i = 0; i < attributes.size(); ++i) {
            if (attributes[i].set != no_set)
                continue;
            auto value = reader(content_).read(attributes[i].value, depth + 1);
            if (!value)
                return value;
            made[i].value = std::move(*value);
        }
        return literal(std::move(made));
    }

    // The product of numbers multiplied from left to right.
    std::optional<double> product(node of, std::size_t depth) {
        if (of.kind() == node_kind::binary && as_binary(of).which == binary_operator::multiply &&
            depth < deepest_literal) {
            auto const left = product(as_binary(of).left, depth + 1);
            auto const right = product(as_binary(of).right, depth + 1);
            return left && right ? std::optional(*left * *right) : std::nullopt;
        }
        if (of.kind() != node_kind::floating && of.kind() != node_kind::negation)
            return std::nullopt;
        auto const value = read(of, depth + 1);
        return value && value->as<double>() != nullptr ? std::optional(*value->as<double>())
                                                       : std::nullopt;
    }

    // Some values have no literal in Nix, and print() writes an operation for them: just those
    // operations are read.
    result<literal> read_operation(node of, std::size_t depth) {
        auto const [left, right, which] = as_binary(of);
        literal value;
        if (which == binary_operator::subtract)
            value = std::numeric_limits<std::int64_t>::min();
        else if (auto const number = product(of, depth))
            value = *number;
        else if (auto const rest = static_string(right);
                 rest && left.kind() == node_kind::path && left.children().empty())
            value = literal_path{joined(left.text(), *rest)};
        auto const printed = print(value);
        if (!printed || *printed != of.text())
            return refuse(of, fmt::format("operation '{}'", spelling(which)));
        return value;
    }

    static std::string joined(std::string_view base, std::string_view rest) {
        base.remove_suffix(base.ends_with("/.") ? 2 : 0);
        return fmt::format("{}{}", base, rest);
    }

    arena const& content_;
    merger merge_;
};

} // namespace

result<literal> parse_literal(std::string_view text, std::string_view name) {
    auto const parsed = parse(std::string(text), std::string(name));
    if (!parsed)
        return parsed.error();
    return to_literal(parsed->root());
}

result<literal> to_literal(node expression) {
    return reader(*expression.owner()).read(expression, 0);
}

} // namespace dynix::syntax
