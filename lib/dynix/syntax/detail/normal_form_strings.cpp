// The normal form: strings and paths.
#include "dynix/syntax/detail/normal_form_writer.hpp"
#include "dynix/syntax/grammar/scan.hpp"
#include "dynix/syntax/strings.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dynix::syntax {

void normal_form_writer::write_string(node of) {
    // ''${''${a}''}'' is read down to the a once, not once for each level.
    std::size_t levels = 0;
    auto inner = of;
    for (auto next = of; next; next = only_expression(inner)) {
        inner = next;
        ++levels;
    }
    if (auto value = plain_string(inner)) {
        text_ += string_literal(*value);
        return;
    }
    text_.append(levels - 1, '(');
    if (inner.kind() == node_kind::string || inner.kind() == node_kind::indented_string)
        put_sum(inner);
    else
        put(inner);
    for (; levels > 1; --levels)
        put(")");
}

node normal_form_writer::only_expression(node of) {
    if (of.kind() != node_kind::indented_string)
        return {};
    auto const parts = string_parts(of);
    if (parts.size() != 1 || !parts[0].expression)
        return {};
    return parts[0].expression.unwrapped();
}

void normal_form_writer::put_sum(node string) {
    put("(");
    auto separator = std::string_view();
    for (auto& part : string_parts(string)) {
        put(separator);
        separator = " + ";
        if (part.expression)
            put(part.expression);
        else
            put_string(std::move(part.text));
    }
    put(")");
}

std::string normal_form_writer::absolute(std::string_view path) const {
    auto full =
        path.starts_with('/') ? std::string(path) : fmt::format("{}/{}", options_.folder, path);
    std::vector<std::string_view> steps;
    for (std::string_view rest = full; !rest.empty();) {
        auto const slash = std::min(rest.find('/'), rest.size());
        auto const step = rest.substr(0, slash);
        rest.remove_prefix(std::min(slash + 1, rest.size()));
        if (step == ".." && !steps.empty())
            steps.pop_back();
        else if (!step.empty() && step != "." && step != "..")
            steps.push_back(step);
    }
    std::string made;
    for (auto const step : steps)
        made.append("/").append(step);
    return made.empty() ? "/" : made;
}

std::string normal_form_writer::path_head(std::string_view text) const {
    if (text.starts_with('~'))
        return options_.home + std::string(text.substr(1));
    auto made = absolute(text);
    if (text.ends_with('/') && text.size() > 1)
        made += '/';
    return made;
}

void normal_form_writer::write_path(node of) {
    auto const children = of.children();
    if (children.empty()) {
        text_ += path_head(of.text());
        return;
    }
    put("(");
    for (auto const child : children) {
        if (child != children.front())
            put(" + ");
        if (child.kind() == node_kind::interpolation)
            put(child.child(0));
        else
            put_path_pieces(child, child == children.front());
    }
    put(")");
}

void normal_form_writer::put_path_pieces(node stretch, bool is_head) {
    auto const text = stretch.text();
    auto const* at = text.data();
    auto const* const end = at + text.size();
    for (bool first = is_head; at != end; first = false) {
        auto const* const piece_end = grammar::path_piece_end(*at == '~' ? at + 1 : at);
        auto const piece = std::string_view(at, static_cast<std::size_t>(piece_end - at));
        if (at != text.data())
            put(" + ");
        if (first) {
            kept_words_.push_back(std::make_unique<std::string>(path_head(piece)));
            put(*kept_words_.back());
        } else {
            put_string(std::string(piece));
        }
        at = piece_end;
    }
}

} // namespace dynix::syntax
