// For the tests: whether two trees are one and the same program, written differently.
#pragma once

#include "dynix/syntax/parse.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynix::syntax {

// Parentheses are no part of a program; a call of a call is one call; what counts of a string is
// its value. Everything else must agree, node by node.
class tree_comparison {
  public:
    // Where the trees first differ, as the two texts; empty when they do not.
    std::string difference(node left, node right) {
        pairs_.assign(1, {left, right});
        while (!pairs_.empty()) {
            auto const [a, b] = pairs_.back();
            pairs_.pop_back();
            if (!agree(a.unwrapped(), b.unwrapped()))
                return std::string(a.text()) + "\n--- is not ---\n" + std::string(b.text());
        }
        return {};
    }

  private:
    static bool is_call(node of) {
        return of.kind() == node_kind::apply &&
               as_apply(of).arguments.back().text() != "or"; // `x or y` groups its own way
    }
    // The arguments, the last one first, then what is called.
    static std::vector<node> parts_of_call(node of) {
        std::vector<node> parts;
        while (is_call(of)) {
            auto const [function, arguments] = as_apply(of);
            for (auto i = arguments.size(); i-- > 0;)
                parts.push_back(arguments[i]);
            of = function.unwrapped();
        }
        parts.push_back(of);
        return parts;
    }

    template <class Nodes>
    bool pair_up(Nodes const& left, Nodes const& right) {
        if (left.size() != right.size())
            return false;
        for (std::size_t i = 0; i < left.size(); ++i)
            pairs_.emplace_back(left[i], right[i]);
        return true;
    }

    bool agree(node left, node right) {
        if (left.kind() != right.kind())
            return false;
        switch (left.kind()) {
        case node_kind::variable:
        case node_kind::integer:
        case node_kind::floating:
        case node_kind::search_path:
        case node_kind::uri:
        case node_kind::name:
        case node_kind::text:
            return left.text() == right.text();
        case node_kind::path:
            return pair_up(left.children(), right.children()) &&
                   (!left.children().empty() || left.text() == right.text());
        case node_kind::string:
        case node_kind::indented_string:
            return same_string(string_parts(left), string_parts(right));
        case node_kind::apply:
            if (is_call(left) != is_call(right))
                return false;
            return is_call(left) ? pair_up(parts_of_call(left), parts_of_call(right))
                                 : pair_up(left.children(), right.children());
        case node_kind::select:
            return bool(as_select(left).fallback) == bool(as_select(right).fallback) &&
                   pair_up(left.children(), right.children());
        case node_kind::lambda:
            return bool(as_lambda(left).formals) == bool(as_lambda(right).formals) &&
                   pair_up(left.children(), right.children());
        case node_kind::binary:
            return as_binary(left).which == as_binary(right).which &&
                   pair_up(left.children(), right.children());
        case node_kind::inherit:
            return bool(as_inherit(left).source) == bool(as_inherit(right).source) &&
                   pair_up(left.children(), right.children());
        case node_kind::formals:
            return as_formals(left).ellipsis == as_formals(right).ellipsis &&
                   pair_up(left.children(), right.children());
        default:
            return pair_up(left.children(), right.children());
        }
    }

    bool same_string(std::vector<string_part> const& left, std::vector<string_part> const& right) {
        if (left.size() != right.size())
            return false;
        for (std::size_t i = 0; i < left.size(); ++i) {
            if (left[i].text != right[i].text ||
                bool(left[i].expression) != bool(right[i].expression))
                return false;
            if (left[i].expression)
                pairs_.emplace_back(left[i].expression, right[i].expression);
        }
        return true;
    }

    std::vector<std::pair<node, node>> pairs_;
};

// A pair of parentheses of a text that could be left out, as a message; empty when there is none.
inline std::string needless_parentheses(tree const& of) {
    std::vector<node> todo{of.root()};
    while (!todo.empty()) {
        auto const next = todo.back();
        todo.pop_back();
        for (auto const child : next.children())
            todo.push_back(child);
        if (next.kind() != node_kind::parenthesized)
            continue;
        std::string without(of.source());
        without[next.range().begin] = without[next.range().end - 1] = ' ';
        auto const parsed = parse(std::move(without), "without parentheses");
        if (parsed && tree_comparison().difference(of.root(), parsed->root()).empty())
            return "needless: " + std::string(next.text());
    }
    return {};
}

} // namespace dynix::syntax
