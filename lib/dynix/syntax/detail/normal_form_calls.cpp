// The normal form: calls, operators and functions.
#include "dynix/syntax/detail/normal_form_writer.hpp"

#include <algorithm>

namespace dynix::syntax {

void normal_form_writer::write_binary(node of) {
    using enum binary_operator;
    auto const [left, right, which] = as_binary(of);
    switch (which) {
    case less:
    case greater:
    case subtract:
    case multiply:
    case divide:
    case pipe_into:
    case pipe_from:
        write_call(of);
        return;
    case less_or_equal:
    case greater_or_equal:
        put("(! (__lessThan ");
        put(which == less_or_equal ? right : left);
        put(" ");
        put(which == less_or_equal ? left : right);
        put("))");
        return;
    default:
        put("(");
        put(left);
        put(" ");
        put(spelling(which));
        put(" ");
        put(right);
        put(")");
    }
}

void normal_form_writer::write_call(node of) {
    std::vector<node> arguments; // last one first
    bool is_new = false;         // the call of what `or` follows is one of its own
    for (;;) {
        of = of.unwrapped();
        if (of.kind() == node_kind::apply) {
            auto const parts = as_apply(of);
            is_new = parts.arguments[0].kind() == node_kind::variable &&
                     parts.arguments[0].text() == "or";
            for (auto i = parts.arguments.size(); i-- > 0;)
                arguments.push_back(parts.arguments[i]);
            of = parts.function;
            if (is_new)
                break;
            continue;
        }
        if (of.kind() != node_kind::binary)
            break;
        auto const [left, right, which] = as_binary(of);
        if (which == binary_operator::pipe_into) {
            arguments.push_back(left);
            of = right;
        } else if (which == binary_operator::pipe_from) {
            arguments.push_back(right);
            of = left;
        } else {
            break;
        }
    }
    put("(");
    if (is_new)
        put(of);
    else
        put_function(of);
    for (auto i = arguments.size(); i-- > 0;) {
        put(" ");
        put(arguments[i]);
    }
    put(")");
}

void normal_form_writer::put_function(node of) {
    using enum binary_operator;
    if (of.kind() == node_kind::search_path) {
        auto const text = of.text();
        put("__findFile __nixPath ");
        put_string(std::string(text.substr(1, text.size() - 2)));
        return;
    }
    if (of.kind() == node_kind::negation) {
        put("__sub 0 ");
        put(of.child(0));
        return;
    }
    if (of.kind() == node_kind::binary) {
        auto const [left, right, which] = as_binary(of);
        auto const name = which == less || which == greater ? "__lessThan "
                          : which == subtract               ? "__sub "
                          : which == multiply               ? "__mul "
                          : which == divide                 ? "__div "
                                                            : nullptr;
        if (name != nullptr) {
            put(name);
            put(which == greater ? right : left);
            put(" ");
            put(which == greater ? left : right);
            return;
        }
    }
    put(of);
}

void normal_form_writer::write_lambda(node of) {
    auto const [argument, formals, body] = as_lambda(of);
    put("(");
    if (formals) {
        auto const [items, ellipsis] = as_formals(formals);
        std::vector<formal_parts> sorted;
        for (auto const one : items)
            sorted.push_back(as_formal(one));
        std::sort(sorted.begin(), sorted.end(), [](auto const& a, auto const& b) {
            return a.name.text() < b.name.text();
        });
        put("{ ");
        auto separator = std::string_view();
        for (auto const& one : sorted) {
            put(separator);
            separator = ", ";
            put_name(one.name.text());
            if (one.fallback) {
                put(" ? ");
                put(one.fallback);
            }
        }
        if (ellipsis) {
            put(separator);
            put("...");
        }
        put(argument ? " } @ " : " }");
    }
    if (argument)
        put_name(argument.text());
    put(": ");
    put(body);
    put(")");
}

} // namespace dynix::syntax
