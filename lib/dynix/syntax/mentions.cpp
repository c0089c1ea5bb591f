#include "dynix/syntax/mentions.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace dynix::syntax {
namespace {

class collector {
  public:
    std::vector<mention> all(node root) {
        left_.push_back(root);
        while (!left_.empty()) {
            auto const one = left_.back();
            left_.pop_back();
            visit(one);
        }
        return std::move(found_);
    }

  private:
    void visit(node one) {
        using kind = node_kind;
        switch (one.kind()) {
        case kind::variable:
            add_variable(one, one.text());
            break;
        case kind::string:
        case kind::indented_string:
            if (auto text = static_string(one))
                found_.push_back({mentioned_as::text, std::move(*text), {}, {}, one});
            visit_children(one);
            break;
        case kind::select: {
            auto const parts = as_select(one);
            add_members(one, parts.subject, parts.path, bool(parts.fallback));
            visit_subject(parts.subject);
            if (parts.fallback)
                left_.push_back(parts.fallback);
            break;
        }
        case kind::has_attribute: {
            auto const parts = as_has_attribute(one);
            add_members(one, parts.subject, parts.path, true);
            left_.push_back(parts.subject);
            break;
        }
        case kind::inherit:
            visit_inherit(one);
            break;
        case kind::with_scope:
            visit_subject(one.child(0));
            left_.push_back(one.child(1));
            break;
        case kind::apply:
            called_with_.emplace(
                as_apply(one).function.unwrapped().id(), as_apply(one).arguments.front());
            visit_children(one);
            break;
        case kind::formals:
            for (auto const item : as_formals(one).items)
                visit_formal(item);
            break;
        case kind::binding:
            visit_path(as_binding(one).path);
            left_.push_back(as_binding(one).value);
            break;
        case kind::name:
            break;
        default:
            visit_children(one);
        }
    }

    void visit_children(node one) {
        for (auto const part : one.children())
            left_.push_back(part);
    }

    void visit_subject(node subject) {
        if (subject.unwrapped().text() != nix_builtins)
            left_.push_back(subject);
    }

    // A name written as a string is a name.
    void visit_path(node_list path) {
        for (auto const step : path)
            if (!static_name(step))
                visit_children(step);
    }

    void visit_inherit(node one) {
        auto const parts = as_inherit(one);
        if (!parts.source) {
            for (auto const name : parts.names)
                add_variable(name, static_name(name).value_or(""));
            return;
        }
        for (auto const name : parts.names)
            add_member(name, std::string(parts.source.unwrapped().text()), {}, false);
        visit_subject(parts.source);
    }

    void visit_formal(node item) {
        auto const parts = as_formal(item);
        add_member(parts.name, {}, {}, bool(parts.fallback));
        if (parts.fallback)
            left_.push_back(parts.fallback);
    }

    void add_variable(node one, std::string_view name) {
        bool const is_of_nix = name.starts_with("__");
        if (is_of_nix)
            name.remove_prefix(2);
        found_.push_back(
            {mentioned_as::variable, std::string(name), std::string(is_of_nix ? nix_builtins : ""),
             argument_of(one), one});
    }

    void add_members(node whole, node of, node_list path, bool may_be_missing) {
        std::string subject(of.unwrapped().text());
        for (std::size_t at = 0; at < path.size(); ++at) {
            bool const is_last = at + 1 == path.size();
            add_member(path[at], subject, is_last ? argument_of(whole) : node(), may_be_missing);
            found_.back().goes_on = !is_last;
            subject += fmt::format(".{}", static_name(path[at]).value_or(""));
        }
        visit_path(path);
    }

    void add_member(node name, std::string subject, node argument, bool may_be_missing) {
        found_.push_back(
            {mentioned_as::member, static_name(name).value_or(""), std::move(subject), argument,
             name, may_be_missing, false});
    }

    node argument_of(node function) const {
        auto const found = called_with_.find(function.id());
        return found == called_with_.end() ? node() : found->second;
    }

    std::vector<mention> found_;
    std::vector<node> left_;
    std::unordered_map<std::uint32_t, node> called_with_; // by the function
};

} // namespace

std::vector<mention> mentions_in(node root) {
    return collector().all(root);
}

bool defines(node set, std::string_view wanted) {
    if (set.kind() != node_kind::attribute_set && set.kind() != node_kind::recursive_set)
        return false;
    return std::ranges::any_of(set.children(), [&](node const& member) {
        auto const names = member.kind() == node_kind::inherit ? as_inherit(member).names
                                                               : as_binding(member).path.part(0, 1);
        return std::ranges::any_of(
            names, [&](node const& name) { return static_name(name) == wanted; });
    });
}

} // namespace dynix::syntax
