#include "dynix/syntax/print.hpp"

#include "dynix/syntax/grammar/operators.hpp"
#include "dynix/syntax/hugging.hpp"
#include "dynix/syntax/indented_lines.hpp"
#include "dynix/syntax/print_queue.hpp"

#include <vector>

namespace dynix::syntax {

namespace {

using namespace grammar;

class printer : print_queue {
  public:
    std::string run(node root) {
        put(root);
        flush();
        while (auto const next = take()) {
            write(next->of, next->where, next->how);
            flush();
        }
        return finish();
    }

  private:
    // --- expressions

    void write(node of, place where, manner how) {
        auto const inner = of.unwrapped();
        if (needs_parentheses(inner, where))
            write_parenthesized(inner);
        else
            write_bare(inner, where, how);
    }

    void write_parenthesized(node of) {
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

    void write_bare(node of, place where, manner how) {
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

    void write_binary(node of, place where, manner how) {
        auto const [left, right, which] = as_binary(of);
        auto const code = static_cast<std::uint8_t>(which);
        auto const& facts = operator_table[code];
        // Operators of one chain break together.
        auto const chained = [&](node side, associativity towards) {
            return facts.groups == towards && side.unwrapped().kind() == node_kind::binary &&
                   !needs_parentheses(
                       side.unwrapped(),
                       {towards == associativity::left ? place::kind::left : place::kind::right,
                        code, 0}) &&
                   operator_table[static_cast<std::size_t>(as_binary(side.unwrapped()).which)]
                           .precedence == facts.precedence;
        };
        place const at_left{place::kind::left, code, facts.precedence};
        place const at_right{place::kind::right, code, where.follow};
        auto const is_continued = how == manner::continued;
        if (!is_continued && hugs_right_side(of)) {
            put(left, at_left);
            put(" ");
            put(facts.spelling);
            put(" ");
            put(right, at_right);
            return;
        }
        auto const indents = !is_continued || facts.groups != associativity::right;
        if (!is_continued)
            put(piece::open);
        put(left, at_left, chained(left, associativity::left) ? manner::continued : manner::usual);
        if (indents)
            put(piece::indent);
        put(piece::line);
        put(facts.spelling);
        put(" ");
        put(right, at_right,
            chained(right, associativity::right) ? manner::continued : manner::usual);
        if (indents)
            put(piece::dedent);
        if (!is_continued)
            put(piece::close);
    }

    void write_apply(node of) {
        if (is_applied_to_or(of)) {
            auto const parts = as_apply(of);
            put(parts.function, {place::kind::subject});
            put(" or");
            return;
        }
        // A call of a call is one call with all arguments.
        std::vector<node> arguments; // last one first
        while (of.kind() == node_kind::apply && !is_applied_to_or(of)) {
            auto const parts = as_apply(of);
            for (auto i = parts.arguments.size(); i-- > 0;)
                arguments.push_back(parts.arguments[i]);
            of = parts.function.unwrapped();
        }
        auto const last_hugs = hugs_as_argument(arguments.front());
        place const as_argument{place::kind::argument};
        put(piece::open);
        put(of, as_argument);
        put(piece::indent);
        for (auto i = arguments.size(); i-- > (last_hugs ? 1U : 0U);) {
            put(piece::line);
            put(arguments[i], as_argument);
        }
        put(piece::dedent);
        put(piece::close);
        if (last_hugs) {
            put(" ");
            put(arguments.front(), as_argument);
        }
    }

    void write_select(node of) {
        auto const [subject, path, fallback] = as_select(of);
        put(subject, {place::kind::subject});
        put(".");
        put_path(path);
        if (fallback) {
            put(" or ");
            put(fallback, {place::kind::argument});
        }
    }

    void write_if(node of, manner how) {
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

    void write_with(node of) {
        put("with ");
        put(of.child(0));
        put(";");
        put_body(of.child(1), false);
    }

    void write_let(node of) {
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

    // What follows the ':' of a function or the ';' of a `with`.
    void put_body(node body, bool indents) {
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

    void write_lambda(node of) {
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

    void write_formals(node of) {
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

    // --- strings and paths

    void write_path(node of) {
        if (of.children().empty()) {
            write_token(of.text(), glue::path);
            return;
        }
        // The first text meets what is in front, the last piece what follows.
        write_token(of.child(0).text(), glue::path, glue::none);
        for (auto const one : of.children().part(1, of.children().size() - 1))
            put(one);
        put(end_of_path);
    }

    void write_interpolation(node of) {
        put("${");
        put(piece::begin_unbroken);
        put(of.child(0));
        put(piece::end_unbroken);
        put("}");
    }

    void write_string(node of, std::string_view quote) {
        if (of.children().empty()) {
            write_token(of.text());
            return;
        }
        put(quote);
        for (auto const one : of.children())
            put(one);
        put(quote);
    }

    void write_indented_string(node of) {
        auto const lines = lines_of(of);
        if (!lines) {
            write_string(of, "''");
            return;
        }
        put("''");
        put(piece::indent);
        for (auto const& one : lines->pieces) {
            if (one.begins_line)
                put(piece::hard_line);
            if (one.blanks != 0)
                put_blanks(one.blanks);
            if (one.interpolation)
                put(one.interpolation);
            else
                put(one.text);
        }
        put(piece::dedent);
        if (lines->ends_on_own_line)
            put(piece::hard_line);
        put("''");
    }

    // --- lists and sets

    void write_list(node of) {
        auto const items = of.children();
        if (items.empty()) {
            write_token("[ ]");
            return;
        }
        put(piece::open);
        put("[");
        put(piece::indent);
        for (auto const one : items) {
            put(piece::line);
            put(one, {place::kind::argument});
        }
        put(piece::dedent);
        put(piece::line);
        put("]");
        put(piece::close);
    }

    void write_set(std::string_view opening, node of, manner how) {
        auto const items = of.children();
        put(opening);
        if (items.empty()) {
            put(" }");
            return;
        }
        auto const expanded = how == manner::expanded || items.size() > 1 ||
                              (items[0].kind() == node_kind::binding &&
                               is_nonempty_set(as_binding(items[0]).value.unwrapped()));
        auto const separator = expanded ? piece::hard_line : piece::line;
        put(piece::open);
        put(piece::indent);
        for (auto const one : items) {
            put(separator);
            put(one);
        }
        put(piece::dedent);
        put(separator);
        put("}");
        put(piece::close);
    }

    void write_binding(node of) {
        auto const [path, value] = as_binding(of);
        put_path(path);
        if (hugs_as_value(value)) {
            put(" = ");
            put(value, {}, is_nonempty_set(value.unwrapped()) ? manner::expanded : manner::usual);
        } else {
            put(piece::open);
            put(" =");
            put(piece::indent);
            put(piece::line);
            put(value);
            put(piece::dedent);
            put(piece::close);
        }
        put(";");
    }

    void write_inherit(node of) {
        auto const [source, names] = as_inherit(of);
        put(piece::open);
        put("inherit");
        if (source) {
            put(" (");
            put(source);
            put(")");
        }
        put(piece::indent);
        for (auto const one : names) {
            put(piece::line);
            put(one);
        }
        if (!names.empty())
            put(piece::soft_line);
        put(";");
        put(piece::dedent);
        put(piece::close);
    }

    void put_path(node_list path) {
        auto separator = std::string_view();
        for (auto const step : path) {
            put(separator);
            separator = ".";
            put(step);
        }
    }
};

} // namespace

std::string print(tree const& of) {
    return print(of.root());
}

std::string print(node of) {
    return printer().run(of);
}

} // namespace dynix::syntax
