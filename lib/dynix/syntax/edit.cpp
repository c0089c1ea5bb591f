#include "dynix/syntax/edit.hpp"

#include "dynix/syntax/attribute_path.hpp"
#include "dynix/syntax/attribute_search.hpp"
#include "dynix/syntax/indented_lines.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace dynix::syntax {

namespace {

constexpr std::string_view indentation_step = "  ";

// --- lines

std::size_t line_begin(std::string_view text, std::size_t at) {
    auto const found = text.substr(0, at).rfind('\n');
    return found == std::string_view::npos ? 0 : found + 1;
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t", at), text.size());
}

// The blanks in front of a place, if there is nothing else on its line before it.
std::optional<std::string_view> indentation_at(std::string_view text, std::size_t at) {
    auto const begin = line_begin(text, at);
    if (skip_blanks(text, begin) < at)
        return std::nullopt;
    return text.substr(begin, at - begin);
}

// The end of the line break that begins here; 0 if none does.
std::size_t line_break_at(std::string_view text, std::size_t at) {
    auto const rest = text.substr(at);
    return rest.starts_with("\r\n") ? at + 2 : rest.starts_with('\n') ? at + 1 : 0;
}

// How the lines of a text end.
std::string_view line_end_of(std::string_view text) {
    auto const at = text.find('\n');
    return at != std::string_view::npos && at > 0 && text[at - 1] == '\r' ? "\r\n" : "\n";
}

// The end of the line of `at`, if nothing but comments follows there; else `at`.
std::size_t past_comments(tree const& in, std::size_t at) {
    auto const text = in.source();
    auto const comments = in.comments();
    auto next = std::lower_bound(
        comments.begin(), comments.end(), at,
        [](auto const& comment, std::size_t place) { return comment.begin < place; });
    auto end = at;
    for (; next != comments.end() && skip_blanks(text, end) == next->begin; ++next)
        end = next->end;
    auto const rest = skip_blanks(text, end);
    return rest == text.size() || line_break_at(text, rest) != 0 ? rest : at;
}

// --- values

// The line breaks of an expression that may be moved with the lines around it: those that are no
// part of a string's value, and those of an indented string whose lines all count as indented.
std::vector<std::size_t> movable_breaks(tree const& value) {
    std::vector<byte_range> fixed;
    std::vector<node> todo{value.root()};
    while (!todo.empty()) {
        auto const next = todo.back();
        todo.pop_back();
        auto const text = next.text();
        auto const is_indented = next.kind() == node_kind::indented_string;
        if (is_indented || next.kind() == node_kind::string) {
            auto const moves =
                is_indented && lines_of(next) &&
                line_break_at(text, std::min(text.find_first_not_of(' ', 2), text.size() - 1)) != 0;
            if (!moves && next.children().empty())
                fixed.push_back(next.range());
            for (auto const piece : next.children())
                if (!moves && piece.kind() == node_kind::text)
                    fixed.push_back(piece.range());
        }
        for (auto const child : next.children())
            todo.push_back(child);
    }
    std::sort(
        fixed.begin(), fixed.end(), [](auto const& a, auto const& b) { return a.begin < b.begin; });
    std::vector<std::size_t> breaks;
    auto const range = value.root().range();
    auto hold = fixed.begin();
    for (std::size_t at = range.begin; at < range.end; ++at) {
        while (hold != fixed.end() && hold->end <= at)
            ++hold;
        if (value.source()[at] == '\n' && (hold == fixed.end() || at < hold->begin))
            breaks.push_back(at);
    }
    return breaks;
}

// The text of an expression, its further lines indented.
std::string indented(tree const& value, std::string_view indentation) {
    auto const source = value.source();
    auto const range = value.root().range();
    std::string text;
    std::size_t done = range.begin;
    for (auto const at : movable_breaks(value)) {
        text += source.substr(done, at + 1 - done);
        done = at + 1;
        if (line_break_at(source, done) == 0)
            text += indentation;
    }
    return text += source.substr(done, range.end - done);
}

// --- splicing

// The text with a piece of it replaced, once it is known to be Nix still.
result<edited_text> spliced(tree const& in, byte_range replaced, std::string_view by) {
    auto const source = in.source();
    edited_text made;
    made.replaced = replaced;
    made.inserted = {replaced.begin, replaced.begin + static_cast<std::uint32_t>(by.size())};
    made.text.reserve(source.size() + by.size());
    made.text.append(source.substr(0, replaced.begin))
        .append(by)
        .append(source.substr(replaced.end));
    if (auto const parsed = parse(made.text, in.name()); !parsed)
        return parsed.error();
    return made;
}

result<edited_text>
spliced(tree const& in, std::size_t begin, std::size_t end, std::string_view by) {
    return spliced(
        in, byte_range{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}, by);
}

// The item of a set that a new binding is put behind: of those that share the most names with it
// the last one.
node nearest_relative(node set, std::span<std::string const> path) {
    auto nearest = set.children().back();
    std::size_t most = 0;
    for (auto const item : set.children()) {
        if (item.kind() != node_kind::binding)
            continue;
        auto const count = compare(item, path).count;
        if (count == 0 || count < most)
            continue;
        most = count;
        nearest = item;
    }
    return nearest;
}

result<edited_text>
insert_behind(tree const& in, node relative, std::string const& name, tree const& value) {
    auto const text = in.source();
    auto const begin = relative.range().begin;
    auto const end = relative.range().end;
    auto const indentation = indentation_at(text, begin);
    if (!indentation) {
        auto const line = line_begin(text, begin);
        auto const around = text.substr(line, skip_blanks(text, line) - line);
        return spliced(in, end, end, fmt::format(" {} = {};", name, indented(value, around)));
    }
    auto const place = past_comments(in, end);
    return spliced(
        in, place, place,
        fmt::format(
            "{}{}{} = {};", line_end_of(text), *indentation, name, indented(value, *indentation)));
}

result<edited_text>
insert_first(tree const& in, node set, std::string const& name, tree const& value) {
    auto const text = in.source();
    auto const brace = set.range().end - 1;
    if (auto const outer = indentation_at(text, brace)) {
        auto const indentation = std::string(*outer).append(indentation_step);
        auto const place = line_begin(text, brace);
        return spliced(
            in, place, place,
            fmt::format(
                "{}{} = {};{}", indentation, name, indented(value, indentation),
                line_end_of(text)));
    }
    auto const* const before = skip_blanks(text, brace - 1) == brace ? "" : " ";
    auto const line = line_begin(text, brace);
    auto const around = text.substr(line, skip_blanks(text, line) - line);
    return spliced(
        in, brace, brace, fmt::format("{}{} = {}; ", before, name, indented(value, around)));
}

error no_path() {
    return fault("an attribute path needs at least one name");
}

} // namespace

result<node> find(tree const& in, std::span<std::string const> path) {
    if (path.empty())
        return no_path();
    auto const found = look_for(in.root(), path);
    if (found.exact.size() == 1 && found.pieces.empty())
        return found.exact[0];
    return not_one_binding(in, found, path);
}

result<edited_text>
insert(tree const& in, std::span<std::string const> path, std::string_view value) {
    if (path.empty())
        return no_path();
    auto const parsed = parse(std::string(value), "value");
    if (!parsed)
        return parsed.error();
    auto const found = look_for(in.root(), path);
    if (found.exact.size() == 1) {
        error exists{
            fmt::format("attribute '{}' is already defined", print_attribute_path(path)), {}};
        exists.at = excerpt_of(in.source(), in.name(), found.exact[0].range());
        return exists;
    }
    if (!found.exact.empty() || !found.pieces.empty() || found.inherited || found.obstacle)
        return not_one_binding(in, found, path);
    auto const rest = path.subspan(found.innermost_depth);
    auto const name = print_attribute_path(rest);
    if (found.innermost.children().empty())
        return insert_first(in, found.innermost, name, *parsed);
    return insert_behind(in, nearest_relative(found.innermost, rest), name, *parsed);
}

result<edited_text>
replace(tree const& in, std::span<std::string const> path, std::string_view value) {
    auto const parsed = parse(std::string(value), "value");
    if (!parsed)
        return parsed.error();
    auto const binding = find(in, path);
    if (!binding)
        return binding.error();
    auto const text = in.source();
    auto const line = line_begin(text, binding->range().begin);
    auto const indentation = text.substr(line, skip_blanks(text, line) - line);
    return spliced(in, as_binding(*binding).value.range(), indented(*parsed, indentation));
}

result<edited_text> remove(tree const& in, std::span<std::string const> path) {
    auto const binding = find(in, path);
    if (!binding)
        return binding.error();
    auto const text = in.source();
    std::size_t begin = binding->range().begin;
    std::size_t end = binding->range().end;
    auto const rest = skip_blanks(text, end);
    if (indentation_at(text, begin)) {
        auto const next_line = line_break_at(text, rest);
        begin = next_line != 0 ? line_begin(text, begin) : begin;
        end = next_line != 0 ? next_line : rest;
    } else {
        while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t'))
            --begin;
    }
    return spliced(in, begin, end, "");
}

} // namespace dynix::syntax
