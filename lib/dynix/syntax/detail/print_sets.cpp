// The printer: lists and sets.
#include "dynix/syntax/detail/printer.hpp"
#include "dynix/syntax/hugging.hpp"

namespace dynix::syntax {

void printer::write_list(node of) {
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

void printer::write_set(std::string_view opening, node of, manner how) {
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

void printer::write_binding(node of) {
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

void printer::write_inherit(node of) {
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

void printer::put_path(node_list path) {
    auto separator = std::string_view();
    for (auto const step : path) {
        put(separator);
        separator = ".";
        put(step);
    }
}

} // namespace dynix::syntax
