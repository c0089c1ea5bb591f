#include "dynix/syntax/print.hpp"

#include "dynix/syntax/detail/printer.hpp"
#include "dynix/syntax/grammar/operators.hpp"
#include "dynix/syntax/hugging.hpp"

namespace dynix::syntax {

using namespace grammar;

std::string printer::run(node root) {
    put(root);
    flush();
    while (auto const next = take()) {
        write(next->of, next->where, next->how);
        flush();
    }
    return finish();
}

void printer::write(node of, place where, manner how) {
    auto const inner = of.unwrapped();
    if (needs_parentheses(inner, where))
        write_parenthesized(inner);
    else
        write_bare(inner, where, how);
}

void printer::write_parenthesized(node of) {
    auto const plain = hugs_as_value(of);
    if (plain) {
        put("(");
        put(of);
        put(")");
        return;
    }
    put(piece::open);
    put("(");
    put(piece::indent);
    put(piece::soft_line);
    put(of);
    put(piece::dedent);
    put(piece::soft_line);
    put(")");
    put(piece::close);
}

void printer::write_bare(node of, place where, manner how) {
    switch (of.kind()) {
    case node_kind::integer:
    case node_kind::floating:
        write_token(of.text(), glue::number);
        break;
    case node_kind::uri:
        write_token(of.text(), glue::uri);
        break;
    case node_kind::path:
        write_path(of);
        break;
    case node_kind::string:
        write_string(of, "\"");
        break;
    case node_kind::indented_string:
        write_indented_string(of);
        break;
    case node_kind::interpolation:
        write_interpolation(of);
        break;
    case node_kind::list:
        write_list(of);
        break;
    case node_kind::attribute_set:
        write_set("{", of, how);
        break;
    case node_kind::recursive_set:
        write_set("rec {", of, how);
        break;
    case node_kind::legacy_let:
        write_set("let {", of, how);
        break;
    case node_kind::let_in:
        write_let(of);
        break;
    case node_kind::lambda:
        write_lambda(of);
        break;
    case node_kind::apply:
        write_apply(of);
        break;
    case node_kind::select:
        write_select(of);
        break;
    case node_kind::has_attribute: {
        auto const [subject, path] = as_has_attribute(of);
        put(subject, {place::kind::tested, 0, has_attribute_precedence});
        put(" ? ");
        put_path(path);
        break;
    }
    case node_kind::not_operation:
        write_token("!");
        put(of.child(0), {place::kind::right, not_code, where.follow});
        break;
    case node_kind::negation:
        write_token("-", glue::minus);
        put(of.child(0), {place::kind::right, negation_code, where.follow});
        break;
    case node_kind::binary:
        write_binary(of, where, how);
        break;
    case node_kind::if_else:
        write_if(of, how);
        break;
    case node_kind::assertion:
        put("assert ");
        put(of.child(0));
        put(";");
        put(piece::hard_line);
        put(of.child(1));
        break;
    case node_kind::with_scope:
        write_with(of);
        break;
    case node_kind::binding:
        write_binding(of);
        break;
    case node_kind::inherit:
        write_inherit(of);
        break;
    case node_kind::formals:
        write_formals(of);
        break;
    case node_kind::formal: {
        auto const [name, fallback] = as_formal(of);
        put(name);
        put(" ? ");
        put(fallback);
        break;
    }
    default: // variable, name, search path, text
        write_token(of.text());
    }
}

std::string print(tree const& of) {
    return print(of.root());
}

std::string print(node of) {
    return printer().run(of);
}

} // namespace dynix::syntax
