#include "dynix/overrides/change.hpp"

#include "dynix/overrides/effective.hpp"
#include "dynix/overrides/plain_text.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>
#include <utility>

namespace dynix::overrides {
namespace {

using literal_set = syntax::literal::attribute_set;

result<option_override> make_override(options::leaf_value const& one) {
    auto text = syntax::print(one.value);
    if (!text)
        return text.error();
    // '-1' as an argument would be a subtraction.
    bool const parentheses = text->starts_with('-');
    return option_override{one.path, std::move(*text), parentheses, {}, one.around};
}

// The leaves of a value whose types are not known. An empty attribute set would be none, and take
// away what is below it.
result<void> flatten(
    option_path const& path, syntax::literal const& value, std::vector<options::leaf_value>& out) {
    auto const* members = value.as<literal_set>();
    if (members == nullptr) {
        out.push_back({path, value});
        return {};
    }
    if (members->empty())
        return options::names_nothing_below(path, "--replace empties the whole subtree");
    for (auto const& member : *members) {
        auto below = path;
        below.push_back(member.name);
        if (auto done = flatten(below, member.value, out); !done)
            return done;
    }
    return {};
}

result<std::vector<options::leaf_value>>
leaves_of(change const& wanted, syntax::literal const& value) {
    if (!wanted.leaves.empty())
        return wanted.leaves;
    std::vector<options::leaf_value> leaves;
    if (wanted.replace)
        leaves.push_back({wanted.path, value});
    else if (auto done = flatten(wanted.path, value, leaves); !done)
        return done.error();
    return leaves;
}

// Puts `value` at `path` inside `whole`, so that the rest of a replaced subtree stays. False when
// something on the way is no attribute set, which has nothing below it.
bool put_at(syntax::literal& whole, std::span<std::string const> path, syntax::literal value) {
    auto* place = &whole;
    bool made = false;
    for (auto const& name : path) {
        if (made)
            *place = syntax::literal(literal_set());
        if (place->as<literal_set>() == nullptr)
            return false;
        auto& members = std::get<literal_set>(place->value);
        auto found = std::find_if(members.begin(), members.end(), [&](auto const& member) {
            return member.name == name;
        });
        made = found == members.end();
        if (made)
            found = members.insert(found, {name, syntax::literal()});
        place = &found->value;
    }
    *place = std::move(value);
    return true;
}

error nothing_below(effective_override const& above, option_path const& path) {
    return make_error(
        fmt::format(
            "entry {} sets '{}' to {}, so there is no '{}'", above.from->number,
            syntax::print_attribute_path(above.what->path), above.what->value,
            syntax::print_attribute_path(path)),
        fmt::format("'dynix undo {}' takes that back", above.from->number));
}

// Whether an override in effect is a value that has nothing below it, as far as it can be read.
bool is_no_set(effective_override const& above) {
    auto const value = syntax::parse_literal(above.what->value, "entry");
    return value && value->as<literal_set>() == nullptr;
}

error lost_below(effective_override const& above, option_path const& path, std::string why) {
    return make_error(
        fmt::format(
            "'{}' was replaced as a whole by entry {}, so an override of '{}' would be lost",
            syntax::print_attribute_path(above.what->path), above.from->number,
            syntax::print_attribute_path(path)),
        std::move(why));
}

error not_folded(effective_override const& above, option_path const& path) {
    return lost_below(
        above, path,
        fmt::format(
            "append the whole of '{}' again with --replace, since one of the two is an expression",
            syntax::print_attribute_path(above.what->path)));
}

// The override in effect that replaces a subtree around `path`, if there is one.
effective_override const*
replaced_above(std::vector<effective_override> const& effective, option_path const& path) {
    auto const* above = covering(effective, path);
    return above != nullptr && above->what->path.size() < path.size() ? above : nullptr;
}

// New replacements of the subtrees that earlier entries replaced, with leaves put inside.
class folded {
  public:
    result<void> put(effective_override const& above, options::leaf_value const& leaf) {
        auto found = std::find_if(subtrees_.begin(), subtrees_.end(), [&](auto const& one) {
            return one.path == above.what->path;
        });
        if (found == subtrees_.end()) {
            auto whole = syntax::parse_literal(above.what->value, "entry");
            if (!whole)
                return not_folded(above, leaf.path);
            found =
                subtrees_.insert(found, {above.what->path, std::move(*whole), above.what->around});
        }
        auto const rest = std::span(leaf.path).subspan(found->path.size());
        if (!put_at(found->value, rest, leaf.value))
            return nothing_below(above, leaf.path);
        return {};
    }
    std::vector<options::leaf_value> const& subtrees() const { return subtrees_; }

  private:
    std::vector<options::leaf_value> subtrees_;
};

// An expression with a name that the module does not have would make every later apply fail.
result<void> check_names(dynamic_file const& file, expression const& written) {
    auto const header = fmt::format("{{ {}, ... }}: ", fmt::join(file.arguments, ", "));
    // Which experimental features the system's Nix has is not known here.
    auto const checked = syntax::parse(
        header + written.text, "VALUE",
        {.undefined_variables = true, .experimental_globals = true});
    if (checked)
        return {};
    auto wrong = checked.error();
    if (wrong.at && wrong.at->begin.line == 1) {
        wrong.at->begin.column -= std::min(header.size(), wrong.at->begin.column - 1);
        wrong.at->line.erase(0, header.size());
    }
    if (wrong.hint.empty())
        wrong.hint = fmt::format(
            "the first line of '{}' says which names there are; a person may add 'pkgs' or "
            "'config'",
            file.name);
    return wrong;
}

} // namespace

result<std::vector<option_override>>
make_overrides(dynamic_file const& file, change const& wanted) {
    auto const effective = effective_overrides(file, wanted.path);
    constexpr auto how_to_fold =
        "--replace puts the value into that replacement and keeps the rest";
    if (auto const* written = std::get_if<expression>(&wanted.value)) {
        if (auto known = check_names(file, *written); !known)
            return known.error();
        if (auto const* above = replaced_above(effective, wanted.path))
            return is_no_set(*above) ? nothing_below(*above, wanted.path)
                   : wanted.replace  ? not_folded(*above, wanted.path)
                                     : lost_below(*above, wanted.path, how_to_fold);
        return std::vector{option_override{wanted.path, written->text, true, {}, wanted.around}};
    }

    auto const leaves = leaves_of(wanted, std::get<syntax::literal>(wanted.value));
    if (!leaves)
        return leaves.error();
    std::vector<option_override> made;
    folded subtrees;
    auto const add = [&](options::leaf_value const& one) -> result<void> {
        auto leaf = make_override(one);
        if (!leaf)
            return leaf.error();
        made.push_back(std::move(*leaf));
        return {};
    };
    for (auto const& leaf : *leaves) {
        auto const* above = replaced_above(effective, leaf.path);
        if (above != nullptr && is_no_set(*above))
            return nothing_below(*above, leaf.path);
        if (above != nullptr && !wanted.replace)
            return lost_below(*above, leaf.path, how_to_fold);
        if (auto done = above != nullptr ? subtrees.put(*above, leaf) : add(leaf); !done)
            return done.error();
    }
    for (auto const& subtree : subtrees.subtrees())
        if (auto done = add(subtree); !done)
            return done.error();
    // Those that join the same set stand together, since a set is written once.
    if (std::any_of(made.begin(), made.end(), [](auto const& one) { return !one.around.empty(); }))
        std::stable_sort(
            made.begin(), made.end(), [](auto const& a, auto const& b) { return a.path < b.path; });
    return made;
}

result<entry> make_entry(
    dynamic_file const& file, std::vector<option_override> overrides, std::string time,
    std::string user, std::string message) {
    if (auto shown = check_one_line("the message", message); !shown)
        return shown.error();
    for (auto const& one : overrides) {
        if (auto path = check_string("PATH", syntax::print_attribute_path(one.path)); !path)
            return path.error();
        if (auto value = check_string("VALUE", one.value); !value)
            return value.error();
    }
    return entry{
        next_number(file), std::move(time), std::move(user), std::move(message),
        std::move(overrides)};
}

} // namespace dynix::overrides
