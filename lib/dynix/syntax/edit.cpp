#include "dynix/syntax/edit.hpp"

#include "dynix/syntax/attribute_path.hpp"
#include "dynix/syntax/attribute_search.hpp"
#include "dynix/syntax/moved_value.hpp"
#include "dynix/syntax/parse.hpp"
#include "dynix/syntax/uses.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace dynix::syntax {

namespace {

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

// How the line of a place ends; the last line as the one before it.
std::string_view line_end_at(std::string_view text, std::size_t place) {
    auto at = text.find('\n', place);
    at = at != std::string_view::npos ? at : text.rfind('\n');
    return at != std::string_view::npos && at > 0 && text[at - 1] == '\r' ? "\r\n" : "\n";
}

// The blanks that the line of a place begins with.
std::string_view blanks_at(std::string_view text, std::size_t place) {
    auto const begin = line_begin(text, place);
    return text.substr(begin, skip_blanks(text, begin) - begin);
}

// How much further a set's bindings are indented than its closing brace: by a tab where tabs do it.
std::string_view indentation_step(std::string_view text) {
    return text.find("\n\t") < text.find("\n ") ? "\t" : "  ";
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

// --- splicing

edited_text text_with(tree const& in, byte_range replaced, std::string_view by) {
    auto const source = in.source();
    edited_text made;
    made.replaced = replaced;
    made.inserted = {replaced.begin, replaced.begin + static_cast<std::uint32_t>(by.size())};
    made.text.reserve(source.size() + by.size());
    made.text.append(source.substr(0, replaced.begin))
        .append(by)
        .append(source.substr(replaced.end));
    return made;
}

// What Nix took before, it takes still: also the variables are defined, if they were.
result<edited_text> accepted(tree const& before, edited_text made) {
    parse_options strict{.undefined_variables = true, .experimental_globals = true};
    if (parse(made.text, before.name(), strict))
        return made;
    strict.undefined_variables =
        parse(std::string(before.source()), before.name(), strict).has_value();
    if (auto const parsed = parse(made.text, before.name(), strict); !parsed)
        return parsed.error();
    return made;
}

result<edited_text>
spliced(tree const& in, std::size_t begin, std::size_t end, std::string_view by) {
    return accepted(
        in,
        text_with(in, {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}, by));
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
    line_style const style{blanks_at(text, begin), line_end_at(text, end)};
    if (!indentation)
        return spliced(in, end, end, fmt::format(" {} = {};", name, moved(value, style)));
    auto const place = past_comments(in, end);
    return spliced(
        in, place, place,
        fmt::format("{}{}{} = {};", style.end, *indentation, name, moved(value, style)));
}

result<edited_text>
insert_first(tree const& in, node set, std::string const& name, tree const& value) {
    auto const text = in.source();
    auto const brace = set.range().end - 1;
    auto const end = line_end_at(text, brace);
    if (auto const outer = indentation_at(text, brace)) {
        auto const indentation = std::string(*outer).append(indentation_step(text));
        auto const place = line_begin(text, brace);
        return spliced(
            in, place, place,
            fmt::format("{}{} = {};{}", indentation, name, moved(value, {indentation, end}), end));
    }
    auto const* const before = skip_blanks(text, brace - 1) == brace ? "" : " ";
    return spliced(
        in, brace, brace,
        fmt::format("{}{} = {}; ", before, name, moved(value, {blanks_at(text, brace), end})));
}

// --- what else the change would change

error at_use(tree const& in, node where, std::string message, std::string hint) {
    error why{std::move(message), std::move(hint)};
    why.at = excerpt_of(in.source(), in.name(), where.range());
    return why;
}

bool contains(byte_range outer, byte_range inner) {
    return outer.begin <= inner.begin && inner.end <= outer.end;
}

// Why a new attribute of a recursive set would change what is around it, if it would: its name is
// used there already, for what is defined outside or comes from `with`.
std::optional<error> takes_a_name(tree const& in, node set, std::string const& name) {
    auto const same = [&](node step) { return static_name(step) == name; };
    for (auto const item : set.children())
        if (item.kind() == node_kind::binding && same(as_binding(item).path.front()))
            return std::nullopt;
    auto const uses = uses_of(set, name);
    if (set.kind() != node_kind::recursive_set || uses.empty())
        return std::nullopt;
    return at_use(
        in, uses[0].where,
        fmt::format(
            "'{}' has another meaning here, which an attribute of this 'rec' set takes", name),
        "write the set without 'rec', or change it by hand");
}

// Whether something is left at the path.
bool leads_somewhere(tree const& in, std::span<std::string const> path) {
    auto const found = look_for(in.root(), path);
    return !found.exact.empty() || !found.pieces.empty() || found.inherited || found.obstacle;
}

// The path of what is used, as far as it is known.
std::vector<std::string> used_path(std::span<std::string const> variable, use const& of) {
    std::vector<std::string> path(variable.begin(), variable.end());
    for (auto const step : of.selected) {
        auto name = static_name(step);
        if (!name)
            break;
        path.push_back(std::move(*name));
    }
    return path;
}

// Where an attribute is still used that is there no more, if a recursive set around it lets others
// use it.
std::optional<error>
still_used(tree const& before, tree const& after, std::span<std::string const> path, node binding) {
    for (auto const& [set, depth] : look_for(before.root(), path).passed) {
        if (set.kind() != node_kind::recursive_set || !contains(set.range(), binding.range()))
            continue;
        for (auto const& one : uses_of(set, path[depth])) {
            if (contains(binding.range(), one.where.range()))
                continue;
            auto const used = used_path(path.first(depth + 1), one);
            auto const both = std::min(used.size(), path.size());
            if (std::ranges::equal(path.first(both), std::span(used).first(both)) &&
                !leads_somewhere(after, used))
                return at_use(
                    before, one.where,
                    fmt::format("attribute '{}' is still used here", print_attribute_path(path)),
                    "change this use of it first");
        }
    }
    return std::nullopt;
}

error no_path() {
    return make_error("an attribute path needs at least one name");
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
    if (auto why = takes_a_name(in, found.innermost, rest.front()))
        return std::move(*why);
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
    auto const begin = binding->range().begin;
    line_style const style{blanks_at(text, begin), line_end_at(text, begin)};
    auto const old = as_binding(*binding).value.range();
    return spliced(in, old.begin, old.end, moved(*parsed, style));
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
    auto made =
        text_with(in, {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}, "");
    if (auto const after = parse(made.text, in.name()))
        if (auto why = still_used(in, *after, path, *binding))
            return std::move(*why);
    return accepted(in, std::move(made));
}

} // namespace dynix::syntax
