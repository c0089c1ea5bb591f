#include "dynix/overrides/export.hpp"

#include "dynix/syntax/attribute_path.hpp"
#include "dynix/syntax/literal.hpp"
#include "dynix/syntax/parse.hpp"
#include "dynix/syntax/print.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>

namespace dynix::overrides {
namespace {

using overrides_in_order = std::span<effective_override const>;

// How many names the paths of `group` have in common. They are in order, so the first and the last
// tell.
std::size_t common_names(overrides_in_order group) {
    auto const& first = group.front().what->path;
    auto const& last = group.back().what->path;
    auto const differ = std::mismatch(first.begin(), first.end(), last.begin(), last.end());
    return static_cast<std::size_t>(differ.first - first.begin());
}

// A set that is being written: what is left of it, and how many names of the paths and how many
// sets that they join are said already.
struct open_set {
    overrides_in_order rest;
    std::size_t said;
    std::size_t joined;
};

// "lib.mkForce", as a person would write it.
std::string priority_function(std::int64_t priority) {
    switch (priority) {
    case 50:
        return "lib.mkForce";
    case 1000:
        return "lib.mkDefault";
    case 1500:
        return "lib.mkOptionDefault";
    default:
        return priority < 0 ? fmt::format("lib.mkOverride ({})", priority)
                            : fmt::format("lib.mkOverride {}", priority);
    }
}

// The value, at the priority that makes it the one that counts.
std::string value_text(option_override const& what, static_priority const& defined) {
    auto const there = defined(what.path);
    if (!there || *there > options::plain_priority)
        return what.value;
    auto const above = *there > options::forced_priority ? options::forced_priority : *there - 1;
    // The value may end in a comment.
    return priority_function(above) +
           (what.parentheses ? " (" + what.value + "\n)" : ' ' + what.value);
}

error at_two_priorities(option_override const& one, option_override const& other) {
    return make_error(
        fmt::format(
            "'{}' and '{}' stand in one set, and put it at two priorities",
            syntax::print_attribute_path(one.path), syntax::print_attribute_path(other.path)),
        "the configuration was switched in between: undo the older one and append it again");
}

// The bindings of the module. No path is at or below another one, so each group of paths that go on
// with the same name is one value or one set. The layout is left to syntax::print.
result<std::string> bindings(overrides_in_order all, static_priority const& defined) {
    std::string out;
    std::vector<open_set> open{{all, 0, 0}};
    while (!open.empty()) {
        auto& [rest, said, joined] = open.back();
        if (rest.empty()) {
            open.pop_back();
            out += open.empty() ? "" : "};\n";
            continue;
        }
        auto const& first = *rest.front().what;
        auto const& name = first.path[said];
        auto const end = std::find_if(rest.begin(), rest.end(), [&, at = said](auto const& one) {
            return one.what->path[at] != name;
        });
        auto const group = rest.first(static_cast<std::size_t>(end - rest.begin()));
        rest = rest.subspan(group.size());
        auto to = common_names(group);
        auto const* set = joined < first.around.size() ? &first.around[joined] : nullptr;
        for (auto const& one : group) {
            auto const& sets = one.what->around;
            auto const* other = joined < sets.size() ? &sets[joined] : nullptr;
            bool const here = (set && set->length <= to) || (other && other->length <= to);
            if (here && (!set || !other || *set != *other))
                return at_two_priorities(first, *one.what);
        }
        bool const joins = set && set->length <= to;
        if (joins)
            to = set->length;
        out += syntax::print_attribute_path(std::span(first.path).subspan(said, to - said)) + " = ";
        if (group.size() == 1 && !joins) {
            // The value may end in a comment.
            out += value_text(first, defined) + "\n;\n";
        } else {
            out += joins ? priority_function(set->priority) + " {\n" : "{\n";
            open.push_back({group, to, joined + (joins ? 1 : 0)});
        }
    }
    return out;
}

} // namespace

result<std::string> export_module(
    dynamic_file const& file, std::vector<effective_override> const& chosen,
    static_priority const& defined) {
    auto const body = bindings(chosen, defined);
    if (!body)
        return body.error();
    bool const plain = std::all_of(chosen.begin(), chosen.end(), [&](auto const& one) {
        auto const there = defined(one.what->path);
        return one.what->around.empty() && (!there || *there > options::plain_priority) &&
               syntax::parse_literal(one.what->value, "entry").has_value();
    });
    std::string text;
    if (!plain)
        text = fmt::format("{{ {}, ... }}:\n", fmt::join(file.arguments, ", "));
    text += "{\n" + *body + "}\n";
    auto const tree = syntax::parse(std::move(text), file.name);
    if (!tree)
        return tree.error();
    return syntax::print(*tree) + '\n';
}

} // namespace dynix::overrides
