#include "dynix/syntax/normal_form.hpp"

#include "dynix/syntax/detail/normal_form_writer.hpp"
#include "dynix/syntax/strings.hpp"

#include <fmt/format.h>
#include <utility>

namespace dynix::syntax {

// Items are taken from a stack, and each may leave others there: no recursion.
std::string normal_form_writer::run(node root) {
    put(root);
    flush();
    while (!todo_.empty()) {
        auto const next = todo_.back();
        todo_.pop_back();
        switch (next.is) {
        case item::what::words:
            text_ += next.text;
            break;
        case item::what::name:
            write_name(next.text);
            break;
        case item::what::quoted:
            text_ += string_literal(kept_[next.number]);
            break;
        case item::what::set:
            write_set(next.number);
            break;
        case item::what::expression:
            write({&content_, next.number});
            break;
        }
        flush();
    }
    return std::move(text_);
}

void normal_form_writer::write_name(std::string_view name) {
    if (is_plain_name(name) || name == "or")
        text_ += name;
    else
        text_ += string_literal(name);
}

void normal_form_writer::write(node of) {
    switch (of.kind()) {
    case node_kind::variable:
    case node_kind::name:
        write_name(of.text());
        break;
    case node_kind::integer:
        text_ += fmt::format("{}", integer_value(of));
        break;
    case node_kind::floating:
        text_ += fmt::format("{:g}", floating_value(of));
        break;
    case node_kind::string:
    case node_kind::indented_string:
        write_string(of);
        break;
    case node_kind::uri:
        text_ += string_literal(of.text());
        break;
    case node_kind::path:
        write_path(of);
        break;
    case node_kind::list:
        put("[ ");
        for (auto const one : of.children()) {
            put("(");
            put(one);
            put(") ");
        }
        put("]");
        break;
    case node_kind::attribute_set:
    case node_kind::recursive_set:
        put_set(merge_.merge(content_.children_of(of.id()), of.kind() == node_kind::recursive_set));
        break;
    case node_kind::legacy_let:
        put("(");
        put_set(merge_.merge(content_.children_of(of.id()), true));
        put(").body");
        break;
    case node_kind::let_in: {
        auto const all = content_.children_of(of.id());
        put("(let ");
        put_bindings(merge_.merge(all.first(all.size() - 1), false));
        put("in ");
        put(as_let(of).body);
        put(")");
        break;
    }
    case node_kind::lambda:
        write_lambda(of);
        break;
    case node_kind::search_path:
    case node_kind::apply:
    case node_kind::negation:
        write_call(of);
        break;
    case node_kind::binary:
        write_binary(of);
        break;
    case node_kind::select: {
        auto const [subject, path, fallback] = as_select(of);
        put("(");
        put(subject);
        put(").");
        put_path(path);
        if (fallback) {
            put(" or (");
            put(fallback);
            put(")");
        }
        break;
    }
    case node_kind::has_attribute: {
        auto const [subject, path] = as_has_attribute(of);
        put("((");
        put(subject);
        put(") ? ");
        put_path(path);
        put(")");
        break;
    }
    case node_kind::not_operation:
        put("(! ");
        put(of.child(0));
        put(")");
        break;
    case node_kind::if_else:
        put("(if ");
        put(of.child(0));
        put(" then ");
        put(of.child(1));
        put(" else ");
        put(of.child(2));
        put(")");
        break;
    case node_kind::assertion:
        put("assert ");
        put(of.child(0));
        put("; ");
        put(of.child(1));
        break;
    case node_kind::with_scope:
        put("(with ");
        put(of.child(0));
        put("; ");
        put(of.child(1));
        put(")");
        break;
    default: // parentheses leave no trace
        put(of.child(0));
    }
}

std::string normal_form(tree const& of, normal_form_options const& options) {
    return normal_form_writer(of, options).run(of.root());
}

} // namespace dynix::syntax
