#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/overrides/header.hpp"
#include "dynix/syntax/ast.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace dynix::overrides {
namespace {

using syntax::node;
using syntax::node_kind;

constexpr auto way_out =
    "dynix never changes a file that it cannot read as entries: correct the place by "
    "hand, or move the file away and append again";

// Reads one file; the members are what all steps look at.
class reader {
  public:
    reader(syntax::tree const& tree, std::string_view name) : tree_(tree), name_(name) {}

    result<dynamic_file> read() {
        dynamic_file out;
        auto const items = entry_list(out);
        if (!items)
            return items.error();
        out.end_of_entries = items->range().end - 1;
        out.entries.reserve(items->children().size());
        std::int64_t before = 0;
        for (auto const item : items->children()) {
            auto above = pass_comments(item.range().begin, out.entries);
            pass_comments_inside(item);
            auto one = read_entry(item, std::move(above));
            if (!one)
                return one.error();
            if (one->number <= before)
                return unexpected(
                    item, fmt::format("entry {} stands behind entry {}", one->number, before));
            before = one->number;
            out.entries.push_back(std::move(*one));
        }
        pass_comments(items->range().end, out.entries);
        return out;
    }

  private:
    error unexpected(node where, std::string message) const {
        return unexpected(where.range(), std::move(message));
    }

    error unexpected(byte_range where, std::string message) const {
        auto out = make_error(std::move(message), way_out);
        out.at = excerpt_of(tree_.source(), name_, where);
        return out;
    }

    // { lib, ... }: { config = lib.mkMerge [ ... ]; }
    result<node> entry_list(dynamic_file& out) const {
        auto const root = tree_.root();
        if (root.kind() != node_kind::lambda || !syntax::as_lambda(root).formals)
            return unexpected(root, "expected a module that begins with '{ lib, ... }:'");
        auto const [argument, formals, body] = syntax::as_lambda(root);
        for (auto const item : syntax::as_formals(formals).items)
            out.arguments.emplace_back(syntax::as_formal(item).name.text());
        if (!syntax::as_formals(formals).ellipsis ||
            std::find(out.arguments.begin(), out.arguments.end(), "lib") == out.arguments.end())
            return unexpected(formals, "expected '{ lib, ... }'");
        auto const only = body.kind() == node_kind::attribute_set && body.children().size() == 1
                              ? body.child(0)
                              : node();
        if (!only || only.kind() != node_kind::binding ||
            !is_path(syntax::as_binding(only).path, {"config"}))
            return unexpected(
                body, "expected '{ config = lib.mkMerge [ ... ]; }' and nothing else");
        auto const value = syntax::as_binding(only).value;
        auto const arguments = arguments_of(value, "mkMerge");
        if (arguments.size() != 1 || arguments.front().kind() != node_kind::list)
            return unexpected(value, "expected 'lib.mkMerge [ ... ]'");
        return arguments.front();
    }

    // The last comment above an entry that is a header.
    struct header_above {
        std::optional<entry> said{};
        byte_range where{};
        bool is_next = false; // no other comment is between
    };

    // { a.b = lib.mkOverride (-3) 4; }, with the comment "# 3 2026-11-23T01:33:00Z root: why"
    // before it, and perhaps with comments of people between them.
    result<entry> read_entry(node item, header_above above) const {
        if (item.kind() != node_kind::attribute_set || item.children().empty())
            return unexpected(item, "expected '{ OPTION = lib.mkOverride (-N) VALUE; }'");
        entry out;
        out.overrides.reserve(item.children().size());
        if (auto all = read_overrides(item, {}, out); !all)
            return all.error();
        out.where = item.range();
        if (auto& header = above.said) {
            if (header->number != out.number) {
                if (above.is_next)
                    return unexpected(
                        item, fmt::format(
                                  "its comment says entry {}, its priority says entry {}",
                                  header->number, out.number));
                // That of an entry which a person has taken out.
                return out;
            }
            // It would pass for a part of the name, and the entry would never end.
            if (auto wrong = misread_ending(header->user); !header->ends && !wrong.empty())
                return unexpected(above.where, std::move(wrong));
            out.time = std::move(header->time);
            out.user = std::move(header->user);
            out.message = std::move(header->message);
            out.ends = std::move(header->ends);
            out.where.begin = above.where.begin;
        }
        return out;
    }

    // The bindings of `set`, which `around` leads to:
    //   a.b = lib.mkOverride (-3) 4;
    //   a.b = lib.mkOverride 1000 { c = lib.mkOverride (-3) 4; };
    result<void> read_overrides(node set, option_override const& around, entry& out) const {
        for (auto const item : set.children()) {
            if (item.kind() != node_kind::binding)
                return unexpected(item, "expected 'OPTION = lib.mkOverride (-N) VALUE;'");
            auto const [path, value] = syntax::as_binding(item);
            auto one = around;
            if (auto named = add_names(path, one.path); !named)
                return named;
            auto const arguments = arguments_of(value, "mkOverride");
            if (arguments.size() != 2)
                return unexpected(value, "expected 'lib.mkOverride (-N) VALUE'");
            auto const priority = arguments.front().unwrapped();
            auto const inner = arguments.back();
            if (priority.kind() == node_kind::integer && inner.kind() == node_kind::attribute_set) {
                if (inner.children().empty())
                    return unexpected(inner, "expected '{ NAME = lib.mkOverride (-N) VALUE; }'");
                one.around.push_back({one.path.size(), syntax::integer_value(priority)});
                one.bindings.push_back(item.range());
                if (auto done = read_overrides(inner, one, out); !done)
                    return done;
                continue;
            }
            auto number = std::int64_t();
            one.where = item.range();
            if (auto done = read_value(arguments, one, number); !done)
                return done;
            if (!out.overrides.empty() && number != out.number)
                return unexpected(
                    item, fmt::format(
                              "expected priority -{}, as in the rest of this entry, found -{}",
                              out.number, number));
            out.number = number;
            out.overrides.push_back(std::move(one));
        }
        return {};
    }

    result<void> add_names(syntax::node_list path, option_path& to) const {
        to.reserve(to.size() + path.size());
        for (auto const step : path) {
            auto name = syntax::static_name(step);
            if (!name)
                return unexpected(step, "expected an option's name without '${'");
            to.push_back(std::move(*name));
        }
        return {};
    }

    // The arguments of 'lib.mkOverride (-3) 4'.
    result<void>
    read_value(syntax::node_list arguments, option_override& out, std::int64_t& number) const {
        auto const priority = arguments.front().unwrapped();
        if (priority.kind() != node_kind::negation ||
            priority.child(0).kind() != node_kind::integer ||
            syntax::integer_value(priority.child(0)) < 1)
            return unexpected(
                arguments.front(), "expected a priority of -1 or below, in parentheses");
        number = syntax::integer_value(priority.child(0));
        if (number > largest_number)
            return unexpected(
                arguments.front(),
                fmt::format("expected a priority of -{} or above", largest_number));
        auto const written = arguments.back();
        out.parentheses = written.kind() == node_kind::parenthesized;
        out.value = written.unwrapped().text();
        return {};
    }

    // The arguments of `lib.<function> ...`, none when `value` is something else.
    static syntax::node_list arguments_of(node value, std::string_view function) {
        if (value.kind() != node_kind::apply)
            return {};
        auto const [called, arguments] = syntax::as_apply(value);
        if (called.kind() != node_kind::select)
            return {};
        auto const [subject, path, fallback] = syntax::as_select(called);
        bool const matches = subject.kind() == node_kind::variable && subject.text() == "lib" &&
                             !fallback && is_path(path, {function});
        return matches ? arguments : syntax::node_list();
    }

    static bool is_path(syntax::node_list path, std::initializer_list<std::string_view> names) {
        return std::equal(
            path.begin(), path.end(), names.begin(), names.end(),
            [](node step, std::string_view name) { return syntax::static_name(step) == name; });
    }

    // Goes past the comments that end before `offset`. Those that an undo left become entries; one
    // behind them may be the header of what follows.
    header_above pass_comments(std::uint32_t offset, std::vector<entry>& out) {
        header_above found;
        auto const comments = tree_.comments();
        for (; next_comment_ < comments.size() && comments[next_comment_].end <= offset;
             ++next_comment_) {
            auto const where = comments[next_comment_];
            auto line = read_header(tree_.text_of(where));
            found.is_next = line.has_value();
            if (line && !line->action.empty()) {
                line->where = where;
                out.push_back(std::move(*line));
                found = {};
            } else if (line) {
                found.said = std::move(line);
                found.where = where;
            }
        }
        return found;
    }

    // The ones inside an entry belong to nobody.
    void pass_comments_inside(node item) {
        auto const comments = tree_.comments();
        while (next_comment_ < comments.size() && comments[next_comment_].begin < item.range().end)
            ++next_comment_;
    }

    syntax::tree const& tree_;
    std::string_view name_;
    std::size_t next_comment_ = 0;
};

} // namespace

result<dynamic_file> read_dynamic_file(std::string text, std::string name) {
    auto tree = syntax::parse(text, name);
    if (!tree) {
        auto broken = tree.error();
        broken.hint = broken.hint.empty() ? way_out : broken.hint + "; " + way_out;
        return broken;
    }
    auto out = reader(*tree, name).read();
    if (out) {
        out->text = std::move(text);
        out->name = std::move(name);
    }
    return out;
}

} // namespace dynix::overrides
