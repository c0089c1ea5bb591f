#include "tree_output.hpp"

#include "dynix/base/json.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <vector>

namespace dynix::tool {
namespace {

using namespace syntax;

constexpr std::size_t written_at_once = 1 << 16;
constexpr std::size_t deepest_indentation = 40;
constexpr std::size_t longest_text = 60;

// What a node is for the one above it, where its place among the others does not tell.
std::string_view role_of(node above, node part) {
    auto const id = part.id();
    switch (above.kind()) {
    case node_kind::let_in:
        return as_let(above).body.id() == id ? "body" : "";
    case node_kind::lambda: {
        auto const parts = as_lambda(above);
        return parts.body.id() == id ? "body" : parts.argument.id() == id ? "argument" : "";
    }
    case node_kind::apply:
        return as_apply(above).function.id() == id ? "function" : "argument";
    case node_kind::select: {
        auto const parts = as_select(above);
        return parts.subject.id() == id ? "subject" : parts.fallback.id() == id ? "fallback" : "";
    }
    case node_kind::has_attribute:
        return as_has_attribute(above).subject.id() == id ? "subject" : "";
    case node_kind::if_else:
        return above.child(0).id() == id   ? "condition"
               : above.child(1).id() == id ? "then"
                                           : "else";
    case node_kind::assertion:
        return above.child(0).id() == id ? "condition" : "body";
    case node_kind::with_scope:
        return above.child(0).id() == id ? "scope" : "body";
    case node_kind::binding:
        return as_binding(above).value.id() == id ? "value" : "";
    case node_kind::inherit:
        return as_inherit(above).source.id() == id ? "source" : "";
    case node_kind::formal:
        return as_formal(above).fallback.id() == id ? "default" : "";
    default:
        return "";
    }
}

// The word that tells nodes of one kind apart.
std::string_view detail_of(node of) {
    if (of.kind() == node_kind::binary)
        return spelling(as_binary(of).which);
    if (of.kind() == node_kind::formals && as_formals(of).ellipsis)
        return "...";
    return "";
}

// Calls show(node, parent, depth, role) for each node, those above before their parts; parent is a
// number counted by visits, nullopt for the root.
template <class Show>
void for_each_node(node root, Show show) {
    struct stop {
        node of;
        node above;
        std::optional<std::size_t> parent;
        std::size_t depth;
    };
    std::vector<stop> todo{{root, {}, std::nullopt, 0}};
    for (std::size_t number = 0; !todo.empty(); ++number) {
        auto const next = todo.back();
        todo.pop_back();
        show(next.of, next.parent, next.depth, next.above ? role_of(next.above, next.of) : "");
        auto const parts = next.of.children();
        for (auto i = parts.size(); i-- > 0;)
            todo.push_back({parts[i], next.of, number, next.depth + 1});
    }
}

// Writes what was collected once it is worth a call.
void write_if_long(std::string& out) {
    if (out.size() < written_at_once)
        return;
    print(out);
    out.clear();
}

// On one line, and not too long for it.
std::string shown(std::string_view text) {
    std::string out;
    for (char const c : text.substr(0, longest_text)) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '\n')
            out += "\\n";
        else if (byte < 0x20 || byte == 0x7f)
            out += fmt::format("\\x{:02x}", byte);
        else
            out += c;
    }
    return text.size() > longest_text ? out + "..." : out;
}

} // namespace

void print_lines(tree const& of) {
    line_index const lines(of.source());
    std::string out;
    for_each_node(of.root(), [&](node one, auto, std::size_t depth, std::string_view role) {
        out.append(2 * std::min(depth, deepest_indentation), ' ');
        if (depth > deepest_indentation)
            fmt::format_to(std::back_inserter(out), "[{}] ", depth);
        if (!role.empty())
            out.append(role).append(": ");
        out += describe(one.kind());
        if (auto const detail = detail_of(one); !detail.empty())
            out.append(" ").append(detail);
        else if (one.children().empty())
            out.append(" ").append(shown(one.text()));
        auto const [begin, end] = one.range();
        auto const from = lines.locate(begin);
        auto const to = lines.locate(end);
        fmt::format_to(
            std::back_inserter(out), "  {}:{}-{}:{}\n", from.line, from.column, to.line, to.column);
        write_if_long(out);
    });
    print(out);
}

void print_elements(tree const& of) {
    line_index const lines(of.source());
    std::string out;
    auto const quoted = [](std::string_view text) {
        auto made = json::print(boost::json::value(text));
        made.pop_back(); // its line break
        return made;
    };
    auto const* separator = "";
    for_each_node(
        of.root(),
        [&](node one, std::optional<std::size_t> parent, std::size_t, std::string_view role) {
            auto const [begin, end] = one.range();
            auto const place = lines.locate(begin);
            fmt::format_to(
                std::back_inserter(out),
                "{}\n    {{\"kind\": \"{}\", \"parent\": {}, \"begin\": {}, \"end\": {}, "
                "\"line\": {}, \"column\": {}",
                separator, describe(one.kind()), parent ? std::to_string(*parent) : "null", begin,
                end, place.line, place.column);
            separator = ",";
            if (!role.empty())
                fmt::format_to(std::back_inserter(out), ", \"role\": \"{}\"", role);
            if (auto const detail = detail_of(one); !detail.empty())
                fmt::format_to(std::back_inserter(out), ", \"detail\": \"{}\"", detail);
            else if (one.children().empty())
                fmt::format_to(std::back_inserter(out), ", \"text\": {}", quoted(one.text()));
            out += '}';
            write_if_long(out);
        });
    print(out);
}

} // namespace dynix::tool
