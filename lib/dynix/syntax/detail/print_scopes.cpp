// The printer: what has a body: if, with, let, functions.
#include "dynix/syntax/detail/printer.hpp"
#include "dynix/syntax/hugging.hpp"

namespace dynix::syntax {

void printer::write_if(node of, manner how) {
    if (how != manner::continued)
        put(piece::open);
    put("if ");
    put(of.child(0));
    put(" then");
    put(piece::indent);
    put(piece::line);
    put(of.child(1));
    put(piece::dedent);
    put(piece::line);
    put("else");
    auto const other = of.child(2).unwrapped();
    if (other.kind() == node_kind::if_else) {
        put(" ");
        put(other, {}, manner::continued);
    } else {
        put(piece::indent);
        put(piece::line);
        put(other);
        put(piece::dedent);
    }
    if (how != manner::continued)
        put(piece::close);
}

void printer::write_with(node of) {
    put("with ");
    put(of.child(0));
    put(";");
    put_body(of.child(1), false);
}

void printer::write_let(node of) {
    auto const [bindings, body] = as_let(of);
    put("let");
    put(piece::indent);
    for (auto const one : bindings) {
        put(piece::hard_line);
        put(one);
    }
    put(piece::dedent);
    put(piece::hard_line);
    put("in");
    put(piece::hard_line);
    put(body);
}

void printer::put_body(node body, bool indents) {
    if (hugs_as_value(body)) {
        put(" ");
        put(body);
        return;
    }
    auto const kind = body.unwrapped().kind();
    indents = indents && kind != node_kind::let_in && kind != node_kind::assertion;
    put(piece::open);
    if (indents)
        put(piece::indent);
    put(piece::line);
    put(body);
    if (indents)
        put(piece::dedent);
    put(piece::close);
}

void printer::write_lambda(node of) {
    auto const [argument, formals, body] = as_lambda(of);
    if (!formals) {
        put(argument);
        put(":");
        put_body(body, true);
        return;
    }
    // Arguments over several lines put the body on a line of its own.
    put(piece::open);
    auto const argument_first = argument && argument.id() == of.child(0).id();
    if (argument_first) {
        put(argument);
        put("@");
    }
    put(formals);
    if (argument && !argument_first) {
        put("@");
        put(argument);
    }
    put(":");
    put(piece::line);
    put(body);
    put(piece::close);
}

void printer::write_formals(node of) {
    auto const [items, ellipsis] = as_formals(of);
    if (items.empty()) {
        write_token(ellipsis ? "{ ... }" : "{ }");
        return;
    }
    put(piece::open);
    put("{");
    put(piece::indent);
    for (auto const one : items) {
        put(piece::line);
        put(one);
        if (ellipsis || one.id() != items.back().id())
            put(",");
    }
    if (ellipsis) {
        put(piece::line);
        put("...");
    } else {
        put(piece::if_broken, ",");
    }
    put(piece::dedent);
    put(piece::line);
    put("}");
    put(piece::close);
}

} // namespace dynix::syntax
