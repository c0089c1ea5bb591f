#include "dynix/syntax/normal_form.hpp"

#include "dynix/syntax/arena.hpp"
#include "dynix/syntax/grammar/scan.hpp"
#include "dynix/syntax/merge.hpp"
#include "dynix/syntax/strings.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <vector>

namespace dynix::syntax {

namespace {

// Something that is still to be printed.
struct item {
    enum class what : std::uint8_t { words, name, quoted, expression, set };
    what is;
    std::string_view text;    // of words or a name
    std::uint32_t number = 0; // a node's id, a merged set's index, or an index into kept strings
};

class writer {
  public:
    writer(tree const& of, normal_form_options const& options)
        : content_(*of.root().owner()), options_(options), merge_(content_) {}

    // Items are taken from a stack, and each may leave others there: no recursion.
    std::string run(node root) {
        put(root);
        flush();
        while (!todo_.empty()) {
            auto const next = todo_.back();
            todo_.pop_back();
            switch (next.is) {
            case item::what::words:
                text_ += next.text;
                break;
            case item::what::name:
                write_name(next.text);
                break;
            case item::what::quoted:
                text_ += quoted(kept_[next.number]);
                break;
            case item::what::set:
                write_set(next.number);
                break;
            case item::what::expression:
                write({&content_, next.number});
                break;
            }
            flush();
        }
        return std::move(text_);
    }

  private:
    // What one node is made of is collected in order, then put on the stack in reverse.
    void put(std::string_view words) { parts_.push_back({item::what::words, words}); }
    void put(node expression) { parts_.push_back({item::what::expression, {}, expression.id()}); }
    void put_name(std::string_view name) { parts_.push_back({item::what::name, name}); }
    void put_set(std::uint32_t index) { parts_.push_back({item::what::set, {}, index}); }
    void put_string(std::string value) {
        kept_.push_back(std::move(value));
        parts_.push_back({item::what::quoted, {}, static_cast<std::uint32_t>(kept_.size() - 1)});
    }
    void flush() {
        todo_.insert(todo_.end(), parts_.rbegin(), parts_.rend());
        parts_.clear();
    }

    void write_name(std::string_view name) {
        if (is_plain_name(name) || name == "or")
            text_ += name;
        else
            text_ += quoted(name);
    }

    void write(node of) {
        switch (of.kind()) {
        case node_kind::variable:
        case node_kind::name:
            write_name(of.text());
            break;
        case node_kind::integer:
            text_ += fmt::format("{}", integer_value(of));
            break;
        case node_kind::floating:
            text_ += fmt::format("{:g}", floating_value(of));
            break;
        case node_kind::string:
        case node_kind::indented_string:
            write_string(of);
            break;
        case node_kind::uri:
            text_ += quoted(of.text());
            break;
        case node_kind::path:
            write_path(of);
            break;
        case node_kind::list:
            put("[ ");
            for (auto const one : of.children()) {
                put("(");
                put(one);
                put(") ");
            }
            put("]");
            break;
        case node_kind::attribute_set:
        case node_kind::recursive_set:
            put_set(
                merge_.merge(content_.children_of(of.id()), of.kind() == node_kind::recursive_set));
            break;
        case node_kind::legacy_let:
            put("(");
            put_set(merge_.merge(content_.children_of(of.id()), true));
            put(").body");
            break;
        case node_kind::let_in: {
            auto const all = content_.children_of(of.id());
            put("(let ");
            put_bindings(merge_.merge(all.first(all.size() - 1), false));
            put("in ");
            put(as_let(of).body);
            put(")");
            break;
        }
        case node_kind::lambda:
            write_lambda(of);
            break;
        case node_kind::search_path:
        case node_kind::apply:
        case node_kind::negation:
            write_call(of);
            break;
        case node_kind::binary:
            write_binary(of);
            break;
        case node_kind::select: {
            auto const [subject, path, fallback] = as_select(of);
            put("(");
            put(subject);
            put(").");
            put_path(path);
            if (fallback) {
                put(" or (");
                put(fallback);
                put(")");
            }
            break;
        }
        case node_kind::has_attribute: {
            auto const [subject, path] = as_has_attribute(of);
            put("((");
            put(subject);
            put(") ? ");
            put_path(path);
            put(")");
            break;
        }
        case node_kind::not_operation:
            put("(! ");
            put(of.child(0));
            put(")");
            break;
        case node_kind::if_else:
            put("(if ");
            put(of.child(0));
            put(" then ");
            put(of.child(1));
            put(" else ");
            put(of.child(2));
            put(")");
            break;
        case node_kind::assertion:
            put("assert ");
            put(of.child(0));
            put("; ");
            put(of.child(1));
            break;
        case node_kind::with_scope:
            put("(with ");
            put(of.child(0));
            put("; ");
            put(of.child(1));
            put(")");
            break;
        default: // parentheses leave no trace
            put(of.child(0));
        }
    }

    void write_string(node of) {
        // ''${''${a}''}'' is read down to the a once, not once for each level.
        std::size_t levels = 0;
        auto inner = of;
        for (auto next = of; next; next = only_expression(inner)) {
            inner = next;
            ++levels;
        }
        if (auto value = plain_string(inner)) {
            text_ += quoted(*value);
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

    // The only part of an indented string, if that is an expression.
    static node only_expression(node of) {
        if (of.kind() != node_kind::indented_string)
            return {};
        auto const parts = string_parts(of);
        if (parts.size() != 1 || !parts[0].expression)
            return {};
        return parts[0].expression.unwrapped();
    }

    void put_sum(node string) {
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

    // --- paths

    // The absolute path, without '.', '..' and double slashes.
    std::string absolute(std::string_view path) const {
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

    std::string path_head(std::string_view text) const {
        if (text.starts_with('~'))
            return options_.home + std::string(text.substr(1));
        auto made = absolute(text);
        if (text.ends_with('/') && text.size() > 1)
            made += '/';
        return made;
    }

    void write_path(node of) {
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

    // A stretch of path text may be several tokens for Nix, and so several strings.
    void put_path_pieces(node stretch, bool is_head) {
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

    // --- calls and operators

    void write_binary(node of) {
        using enum binary_operator;
        auto const [left, right, which] = as_binary(of);
        switch (which) {
        case less:
        case greater:
        case subtract:
        case multiply:
        case divide:
        case pipe_into:
        case pipe_from:
            write_call(of);
            return;
        case less_or_equal:
        case greater_or_equal:
            put("(! (__lessThan ");
            put(which == less_or_equal ? right : left);
            put(" ");
            put(which == less_or_equal ? left : right);
            put("))");
            return;
        default:
            put("(");
            put(left);
            put(" ");
            put(spelling(which));
            put(" ");
            put(right);
            put(")");
        }
    }

    // A call of a call is one call with all arguments, and operators without a form of their own
    // are calls too: (a - b) c prints as (__sub a b c).
    void write_call(node of) {
        std::vector<node> arguments; // last one first
        bool is_new = false;         // the call of what `or` follows is one of its own
        for (;;) {
            of = of.unwrapped();
            if (of.kind() == node_kind::apply) {
                auto const parts = as_apply(of);
                is_new = parts.arguments[0].kind() == node_kind::variable &&
                         parts.arguments[0].text() == "or";
                for (auto i = parts.arguments.size(); i-- > 0;)
                    arguments.push_back(parts.arguments[i]);
                of = parts.function;
                if (is_new)
                    break;
                continue;
            }
            if (of.kind() != node_kind::binary)
                break;
            auto const [left, right, which] = as_binary(of);
            if (which == binary_operator::pipe_into) {
                arguments.push_back(left);
                of = right;
            } else if (which == binary_operator::pipe_from) {
                arguments.push_back(right);
                of = left;
            } else {
                break;
            }
        }
        put("(");
        if (is_new)
            put(of);
        else
            put_function(of);
        for (auto i = arguments.size(); i-- > 0;) {
            put(" ");
            put(arguments[i]);
        }
        put(")");
    }

    // The function of a call, without parentheses if it is a call itself.
    void put_function(node of) {
        using enum binary_operator;
        if (of.kind() == node_kind::search_path) {
            auto const text = of.text();
            put("__findFile __nixPath ");
            put_string(std::string(text.substr(1, text.size() - 2)));
            return;
        }
        if (of.kind() == node_kind::negation) {
            put("__sub 0 ");
            put(of.child(0));
            return;
        }
        if (of.kind() == node_kind::binary) {
            auto const [left, right, which] = as_binary(of);
            auto const name = which == less || which == greater ? "__lessThan "
                              : which == subtract               ? "__sub "
                              : which == multiply               ? "__mul "
                              : which == divide                 ? "__div "
                                                                : nullptr;
            if (name != nullptr) {
                put(name);
                put(which == greater ? right : left);
                put(" ");
                put(which == greater ? left : right);
                return;
            }
        }
        put(of);
    }

    void write_lambda(node of) {
        auto const [argument, formals, body] = as_lambda(of);
        put("(");
        if (formals) {
            auto const [items, ellipsis] = as_formals(formals);
            std::vector<formal_parts> sorted;
            for (auto const one : items)
                sorted.push_back(as_formal(one));
            std::sort(sorted.begin(), sorted.end(), [](auto const& a, auto const& b) {
                return a.name.text() < b.name.text();
            });
            put("{ ");
            auto separator = std::string_view();
            for (auto const& one : sorted) {
                put(separator);
                separator = ", ";
                put_name(one.name.text());
                if (one.fallback) {
                    put(" ? ");
                    put(one.fallback);
                }
            }
            if (ellipsis) {
                put(separator);
                put("...");
            }
            put(argument ? " } @ " : " }");
        }
        if (argument)
            put_name(argument.text());
        put(": ");
        put(body);
        put(")");
    }

    // --- sets

    void put_path(node_list path) {
        auto separator = std::string_view();
        for (auto const step : path) {
            put(separator);
            separator = ".";
            put_step(step);
        }
    }
    void put_step(node step) {
        if (auto name = static_name(step)) {
            kept_words_.push_back(std::make_unique<std::string>(std::move(*name)));
            put_name(*kept_words_.back());
            return;
        }
        put("\"${");
        put(step.kind() == node_kind::interpolation ? step.child(0) : step);
        put("}\"");
    }

    void write_set(std::uint32_t index) {
        put(merge_.set(index).recursive ? "rec { " : "{ ");
        put_bindings(index);
        put("}");
    }

    void put_bindings(std::uint32_t index) {
        auto const& set = merge_.set(index);
        std::vector<merged_attribute const*> sorted;
        for (auto const& one : set.attributes)
            sorted.push_back(&one);
        std::sort(sorted.begin(), sorted.end(), [](auto const* a, auto const* b) {
            return a->name < b->name;
        });
        std::vector<std::string_view> inherited;
        std::map<std::uint32_t, std::vector<std::string_view>> inherited_from;
        for (auto const* const one : sorted) {
            if (one->from == merged_attribute::origin::inherited)
                inherited.push_back(one->name);
            else if (one->from == merged_attribute::origin::inherited_from)
                inherited_from[one->source].push_back(one->name);
        }
        if (!inherited.empty())
            put_inherited(inherited);
        for (auto const& [source, names] : inherited_from) {
            put("inherit (");
            put(set.sources[source]);
            put(")");
            put_names(names);
        }
        for (auto const* const one : sorted) {
            if (one->from != merged_attribute::origin::plain)
                continue;
            put_name(one->name);
            put(" = ");
            put_value(one->value, one->set);
        }
        for (auto const& one : set.dynamics) {
            put_step(one.step);
            put(" = ");
            put_value(one.value, one.set);
        }
    }
    void put_value(node value, std::uint32_t set) {
        if (set != no_set)
            put_set(set);
        else
            put(value);
        put("; ");
    }
    void put_inherited(std::vector<std::string_view> const& names) {
        put("inherit");
        put_names(names);
    }
    void put_names(std::vector<std::string_view> const& names) {
        for (auto const name : names) {
            put(" ");
            put_name(name);
        }
        put("; ");
    }

    arena const& content_;
    normal_form_options const& options_;
    merger merge_;
    std::string text_;
    std::vector<item> parts_;
    std::vector<item> todo_;
    std::vector<std::string> kept_;                        // values of strings to quote
    std::vector<std::unique_ptr<std::string>> kept_words_; // text behind views
};

} // namespace

std::string normal_form(tree const& of, normal_form_options const& options) {
    return writer(of, options).run(of.root());
}

} // namespace dynix::syntax
