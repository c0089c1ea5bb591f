#include "dynix/overrides/change.hpp"

#include "dynix/overrides/effective.hpp"
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

result<option_override> make_override(option_path path, syntax::literal const& value) {
    auto text = syntax::print(value);
    if (!text)
        return text.error();
    // '-1' as an argument would be a subtraction.
    bool const parentheses = text->starts_with('-');
    return option_override{std::move(path), std::move(*text), parentheses};
}

// One override for each leaf of `value`; an empty attribute set inside is a leaf of its own.
result<void>
flatten(option_path const& path, syntax::literal const& value, std::vector<option_override>& out) {
    auto const* members = value.as<literal_set>();
    if (members == nullptr || members->empty()) {
        auto leaf = make_override(path, value);
        if (!leaf)
            return leaf.error();
        out.push_back(std::move(*leaf));
        return {};
    }
    for (auto const& member : *members) {
        auto below = path;
        below.push_back(member.name);
        if (auto done = flatten(below, member.value, out); !done)
            return done.error();
    }
    return {};
}

// Puts `value` at `path` inside `whole`, so that the rest of a replaced subtree stays.
void put_at(syntax::literal& whole, std::span<std::string const> path, syntax::literal value) {
    auto* place = &whole;
    for (auto const& name : path) {
        if (place->as<literal_set>() == nullptr)
            *place = syntax::literal(literal_set());
        auto& members = std::get<literal_set>(place->value);
        auto found = std::find_if(members.begin(), members.end(), [&](auto const& member) {
            return member.name == name;
        });
        if (found == members.end())
            found = members.insert(found, {name, syntax::literal()});
        place = &found->value;
    }
    *place = std::move(value);
}

error lost_below(effective_override const& above, option_path const& path, std::string why) {
    auto lost = fault(
        fmt::format(
            "'{}' was replaced as a whole by entry {}, so an override of '{}' would be lost",
            syntax::print_attribute_path(above.what->path), above.from->number,
            syntax::print_attribute_path(path)),
        std::move(why));
    return lost;
}

// A new replacement of the subtree that `above` replaced, with the wanted value inside.
result<option_override> fold_into(effective_override const& above, change const& wanted) {
    auto const* value = std::get_if<syntax::literal>(&wanted.value);
    auto whole = syntax::parse_literal(above.what->value, "entry");
    if (value == nullptr || !whole)
        return lost_below(
            above, wanted.path,
            fmt::format(
                "append the whole of '{}' again with --replace, since one of the two is an "
                "expression",
                syntax::print_attribute_path(above.what->path)));
    auto const inside = std::span(wanted.path).subspan(above.what->path.size());
    put_at(*whole, inside, *value);
    return make_override(above.what->path, *whole);
}

// An expression with a name that the module does not have would make every later apply fail.
result<void> check_names(dynamic_file const& file, expression const& written) {
    auto const header = fmt::format("{{ {}, ... }}: ", fmt::join(file.arguments, ", "));
    syntax::parse_options options;
    options.undefined_variables = true;
    auto const checked = syntax::parse(header + written.text, "VALUE", options);
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

bool is_one_line_of_text(std::string_view message) {
    return std::none_of(message.begin(), message.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
}

} // namespace

result<std::vector<option_override>>
make_overrides(dynamic_file const& file, change const& wanted) {
    auto const effective = effective_overrides(file);
    std::vector<option_override> made;
    if (auto const* written = std::get_if<expression>(&wanted.value)) {
        if (auto known = check_names(file, *written); !known)
            return known.error();
        made.push_back({wanted.path, written->text, true});
    } else {
        auto const& value = std::get<syntax::literal>(wanted.value);
        auto const* members = value.as<literal_set>();
        if (!wanted.replace && members != nullptr && members->empty())
            return fault(
                "'{ }' names no leaf, so nothing would be overridden",
                "--replace empties the whole subtree");
        if (wanted.replace || members == nullptr) {
            auto whole = make_override(wanted.path, value);
            if (!whole)
                return whole.error();
            made.push_back(std::move(*whole));
        } else if (auto done = flatten(wanted.path, value, made); !done) {
            return done.error();
        }
    }

    for (auto const& one : made) {
        auto const* above = covering(effective, one.path);
        if (above == nullptr || above->what->path.size() == one.path.size())
            continue;
        if (!wanted.replace)
            return lost_below(
                *above, one.path,
                "--replace puts the value into that replacement and keeps the rest");
        auto folded = fold_into(*above, wanted);
        if (!folded)
            return folded.error();
        return std::vector{std::move(*folded)};
    }
    return made;
}

result<entry> make_entry(
    dynamic_file const& file, std::vector<option_override> overrides, std::string time,
    std::string user, std::string message) {
    if (!is_one_line_of_text(message))
        return fault(
            "the message is more than one line of text",
            "leave line breaks and other control characters out");
    return entry{
        next_number(file), std::move(time), std::move(user), std::move(message),
        std::move(overrides)};
}

} // namespace dynix::overrides
