#include "dynix/syntax/uses.hpp"

#include <algorithm>
#include <utility>

namespace dynix::syntax {

namespace {

class use_finder {
  public:
    explicit use_finder(std::string_view name) : name_(name) {}

    std::vector<use> run(node recursive_set) {
        visit_bindings(recursive_set.children(), false);
        while (!todo_.empty()) {
            auto const next = todo_.back();
            todo_.pop_back();
            look(next);
        }
        std::sort(found_.begin(), found_.end(), [](auto const& a, auto const& b) {
            return a.where.range().begin < b.where.range().begin;
        });
        return std::move(found_);
    }

  private:
    bool is_named(node step) const { return static_name(step) == name_; }

    void visit_all(node_list nodes) {
        for (auto const one : nodes)
            todo_.push_back(one);
    }

    void look(node at) {
        switch (at.kind()) {
        case node_kind::variable:
            if (at.text() == name_)
                found_.push_back({at, {}});
            break;
        case node_kind::select: {
            auto const [subject, path, fallback] = as_select(at);
            visit_subject(subject, fallback ? node_list() : path);
            visit_all(path);
            if (fallback)
                todo_.push_back(fallback);
            break;
        }
        case node_kind::lambda:
            if (!takes_name(at))
                visit_all(at.children());
            break;
        case node_kind::attribute_set:
            visit_bindings(at.children(), true);
            break;
        case node_kind::recursive_set:
        case node_kind::legacy_let:
            look_into_scope(at.children(), {});
            break;
        case node_kind::let_in:
            look_into_scope(as_let(at).bindings, as_let(at).body);
            break;
        default:
            visit_all(at.children());
        }
    }

    void visit_subject(node subject, node_list selected) {
        if (subject.kind() != node_kind::variable)
            todo_.push_back(subject);
        else if (subject.text() == name_)
            found_.push_back({subject, selected});
    }

    bool takes_name(node lambda) const {
        auto const parts = as_lambda(lambda);
        if (parts.argument && parts.argument.text() == name_)
            return true;
        if (!parts.formals)
            return false;
        auto const items = as_formals(parts.formals).items;
        return std::any_of(items.begin(), items.end(), [&](node item) {
            return as_formal(item).name.text() == name_;
        });
    }

    // Whether the bindings of a scope define the name.
    bool defines(node_list bindings) const {
        return std::any_of(bindings.begin(), bindings.end(), [&](node item) {
            if (item.kind() == node_kind::binding)
                return is_named(as_binding(item).path.front());
            auto const names = as_inherit(item).names;
            return std::any_of(
                names.begin(), names.end(), [&](node name) { return is_named(name); });
        });
    }

    // What is plainly inherited comes from outside of the scope, all else is inside.
    void look_into_scope(node_list bindings, node body) {
        if (!defines(bindings)) {
            visit_bindings(bindings, false);
            if (body)
                todo_.push_back(body);
            return;
        }
        for (auto const item : bindings)
            if (item.kind() == node_kind::inherit)
                use_inherited(item);
    }

    void use_inherited(node inherit) {
        if (as_inherit(inherit).source)
            return;
        for (auto const name : as_inherit(inherit).names)
            if (is_named(name))
                found_.push_back({name, {}});
    }

    void visit_bindings(node_list bindings, bool inherit_from_here) {
        for (auto const item : bindings) {
            if (item.kind() == node_kind::binding)
                visit_all(item.children());
            else if (auto const source = as_inherit(item).source)
                todo_.push_back(source);
            else if (inherit_from_here)
                use_inherited(item);
        }
    }

    std::string_view name_;
    std::vector<node> todo_;
    std::vector<use> found_;
};

} // namespace

std::vector<use> uses_of(node recursive_set, std::string_view name) {
    return use_finder(name).run(recursive_set);
}

} // namespace dynix::syntax
