#include "dynix/modulelist/detail/mentions.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace dynix::modulelist::detail {
namespace {

class collector {
  public:
    std::vector<mention> all(syntax::node root) {
        left_.push_back(root);
        while (!left_.empty()) {
            auto const one = left_.back();
            left_.pop_back();
            visit(one);
        }
        return std::move(found_);
    }

  private:
    void visit(syntax::node one) {
        using kind = syntax::node_kind;
        switch (one.kind()) {
        case kind::variable:
            add_variable(one, one.text());
            break;
        case kind::string:
        case kind::indented_string:
            if (auto text = syntax::static_string(one))
                found_.push_back({mentioned_as::text, std::move(*text)});
            visit_children(one);
            break;
        case kind::select: {
            auto const parts = syntax::as_select(one);
            add_members(one, parts.subject, parts.path, bool(parts.fallback));
            visit_subject(parts.subject);
            if (parts.fallback)
                left_.push_back(parts.fallback);
            break;
        }
        case kind::has_attribute: {
            auto const parts = syntax::as_has_attribute(one);
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
                syntax::as_apply(one).function.unwrapped().id(),
                syntax::as_apply(one).arguments.front());
            visit_children(one);
            break;
        case kind::formals:
            for (auto const item : syntax::as_formals(one).items)
                visit_formal(item);
            break;
        case kind::binding:
            visit_path(syntax::as_binding(one).path);
            left_.push_back(syntax::as_binding(one).value);
            break;
        case kind::name:
            break;
        default:
            visit_children(one);
        }
    }

    void visit_children(syntax::node one) {
        for (auto const part : one.children())
            left_.push_back(part);
    }

    void visit_subject(syntax::node subject) {
        if (subject.unwrapped().text() != nix_builtins)
            left_.push_back(subject);
    }

    // A name written as a string is a name.
    void visit_path(syntax::node_list path) {
        for (auto const step : path)
            if (!syntax::static_name(step))
                visit_children(step);
    }

    void visit_inherit(syntax::node one) {
        auto const parts = syntax::as_inherit(one);
        if (!parts.source) {
            for (auto const name : parts.names)
                add_variable(name, syntax::static_name(name).value_or(""));
            return;
        }
        for (auto const name : parts.names)
            add_member(name, std::string(parts.source.unwrapped().text()), {}, false);
        visit_subject(parts.source);
    }

    void visit_formal(syntax::node item) {
        auto const parts = syntax::as_formal(item);
        add_member(parts.name, {}, {}, bool(parts.fallback));
        if (parts.fallback)
            left_.push_back(parts.fallback);
    }

    void add_variable(syntax::node one, std::string_view name) {
        bool const is_of_nix = name.starts_with("__");
        if (is_of_nix)
            name.remove_prefix(2);
        found_.push_back(
            {mentioned_as::variable, std::string(name), std::string(is_of_nix ? nix_builtins : ""),
             argument_of(one)});
    }

    void
    add_members(syntax::node whole, syntax::node of, syntax::node_list path, bool may_be_missing) {
        std::string subject(of.unwrapped().text());
        for (std::size_t at = 0; at < path.size(); ++at) {
            bool const is_last = at + 1 == path.size();
            add_member(
                path[at], subject, is_last ? argument_of(whole) : syntax::node(), may_be_missing);
            found_.back().goes_on = !is_last;
            subject += fmt::format(".{}", syntax::static_name(path[at]).value_or(""));
        }
        visit_path(path);
    }

    void
    add_member(syntax::node name, std::string subject, syntax::node argument, bool may_be_missing) {
        found_.push_back(
            {mentioned_as::member, syntax::static_name(name).value_or(""), std::move(subject),
             argument, may_be_missing, false});
    }

    syntax::node argument_of(syntax::node function) const {
        auto const found = called_with_.find(function.id());
        return found == called_with_.end() ? syntax::node() : found->second;
    }

    std::vector<mention> found_;
    std::vector<syntax::node> left_;
    std::unordered_map<std::uint32_t, syntax::node> called_with_; // by the function
};

} // namespace

std::vector<mention> mentions_in(syntax::node root) {
    return collector().all(root);
}

bool defines(syntax::node set, std::string_view wanted) {
    if (set.kind() != syntax::node_kind::attribute_set &&
        set.kind() != syntax::node_kind::recursive_set)
        return false;
    return std::ranges::any_of(set.children(), [&](syntax::node const& member) {
        auto const names = member.kind() == syntax::node_kind::inherit
                               ? syntax::as_inherit(member).names
                               : syntax::as_binding(member).path.part(0, 1);
        return std::ranges::any_of(
            names, [&](syntax::node const& name) { return syntax::static_name(name) == wanted; });
    });
}

} // namespace dynix::modulelist::detail
