#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/syntax/ast.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <utility>

namespace dynix::overrides {
namespace {

using syntax::node;
using syntax::node_kind;

constexpr auto way_out =
    "dynix never changes a file that it cannot read as entries: mend the place by "
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
            auto one = read_entry(item);
            if (!one)
                return one.error();
            if (one->number <= before)
                return unexpected(
                    item, fmt::format("entry {} stands behind entry {}", one->number, before));
            before = one->number;
            out.entries.push_back(std::move(*one));
        }
        return out;
    }

  private:
    error unexpected(node where, std::string message) const {
        auto out = fault(std::move(message), way_out);
        out.at = excerpt_of(tree_.source(), name_, where.range());
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

    // { a.b = lib.mkOverride (-3) 4; }, with the comment "# 3 2026-11-23T01:33:00Z root: why"
    // before it
    result<entry> read_entry(node item) {
        if (item.kind() != node_kind::attribute_set || item.children().empty())
            return unexpected(item, "expected '{ OPTION = lib.mkOverride (-N) VALUE; }'");
        entry out;
        out.overrides.reserve(item.children().size());
        for (auto const child : item.children()) {
            auto number = std::int64_t();
            auto one = read_override(child, number);
            if (!one)
                return one.error();
            if (!out.overrides.empty() && number != out.number)
                return unexpected(
                    child, fmt::format(
                               "expected priority -{}, as in the rest of this entry, found -{}",
                               out.number, number));
            out.number = number;
            out.overrides.push_back(std::move(*one));
        }
        if (auto const comment = comment_before(item); !comment.empty())
            if (auto const taken = take_header(comment, out); !taken)
                return unexpected(item, taken.error().message);
        return out;
    }

    // a.b = lib.mkOverride (-3) 4;
    result<option_override> read_override(node item, std::int64_t& number) const {
        if (item.kind() != node_kind::binding)
            return unexpected(item, "expected 'OPTION = lib.mkOverride (-N) VALUE;'");
        auto const [path, value] = syntax::as_binding(item);
        option_override out;
        out.path.reserve(path.size());
        for (auto const step : path) {
            auto name = syntax::static_name(step);
            if (!name)
                return unexpected(step, "expected an option's name without '${'");
            out.path.push_back(std::move(*name));
        }
        auto const arguments = arguments_of(value, "mkOverride");
        if (arguments.size() != 2)
            return unexpected(value, "expected 'lib.mkOverride (-N) VALUE'");
        auto const priority = arguments.front().unwrapped();
        if (priority.kind() != node_kind::negation ||
            priority.child(0).kind() != node_kind::integer ||
            syntax::integer_value(priority.child(0)) < 1)
            return unexpected(
                arguments.front(), "expected a priority of -1 or below, in parentheses");
        number = syntax::integer_value(priority.child(0));
        auto const written = arguments.back();
        out.parentheses = written.kind() == node_kind::parenthesized;
        out.value = written.unwrapped().text();
        return out;
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

    // The last comment that ends before `item` and after the item before it.
    std::string_view comment_before(node item) {
        auto const comments = tree_.comments();
        std::string_view found;
        while (next_comment_ < comments.size() && comments[next_comment_].end <= item.range().begin)
            found = tree_.text_of(comments[next_comment_++]);
        // The ones inside the entry belong to nobody.
        while (next_comment_ < comments.size() && comments[next_comment_].begin < item.range().end)
            ++next_comment_;
        return found;
    }

    // "# 3 2026-11-23T01:33:00Z root: why"; a comment of another form is a person's and is passed
    // over.
    static result<void> take_header(std::string_view comment, entry& out) {
        if (!comment.starts_with("# "))
            return {};
        comment.remove_prefix(2);
        auto const word = [&] {
            auto const end = std::min(comment.find(' '), comment.size());
            auto const found = comment.substr(0, end);
            comment.remove_prefix(std::min(end + 1, comment.size()));
            return found;
        };
        auto const digits = word();
        std::int64_t number = 0;
        auto const [end, failed] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        auto const time = word();
        if (failed != std::errc() || end != digits.data() + digits.size() || time.size() != 20 ||
            !time.ends_with('Z'))
            return {};
        if (number != out.number)
            return fault(fmt::format(
                "its comment says entry {}, its priority says entry {}", number, out.number));
        out.time = time;
        auto const colon = std::min(comment.find(": "), comment.size());
        out.user = comment.substr(0, colon);
        out.message = comment.substr(std::min(colon + 2, comment.size()));
        return {};
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
