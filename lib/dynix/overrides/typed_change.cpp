#include "dynix/overrides/typed_change.hpp"

#include "dynix/options/check.hpp"
#include "dynix/overrides/plain_text.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <fmt/format.h>
#include <utility>

namespace dynix::overrides {
namespace {

// The literal that `text` means where `takes` is wanted.
result<syntax::literal>
read_literal(options::type const* takes, std::string_view text, reading how) {
    auto const plain = read_value(text, how);
    if (takes == nullptr || how != reading::literal_or_string) {
        if (!plain)
            return plain.error();
        return std::get<syntax::literal>(*plain);
    }
    // What no literal is, such as a bracket too few, may still be the string that the type takes.
    auto const string = syntax::literal(std::string(text));
    auto const read =
        options::read_word(*takes, text, plain ? std::get<syntax::literal>(*plain) : string);
    if (!plain && (!check_string("VALUE", text) || !options::check_value(*takes, read, {}, false)))
        return plain.error();
    return read;
}

// Whether someone who types this may well not mean the string.
bool looks_like_no_string(new_value const& value) {
    auto const* read = std::get_if<syntax::literal>(&value);
    return read != nullptr &&
           (read->as<std::monostate>() != nullptr || read->as<syntax::literal::list>() != nullptr ||
            read->as<syntax::literal::attribute_set>() != nullptr);
}

} // namespace

result<typed_change> read_change(
    options::schema const& known, option_path const& path, std::string_view text, reading how,
    bool replace) {
    auto at = options::resolve(known, path);
    if (!at)
        return at.error();
    auto const shown = syntax::print_attribute_path(at->path);
    typed_change made;
    made.wanted.path = at->path;
    made.wanted.replace = replace;
    if (how == reading::expression) {
        auto value = read_value(text, how);
        if (!value)
            return value.error();
        if (at->above_limit)
            return make_error(fmt::format("only a part of '{}' is declared dynamic", shown));
        if (at->takes == nullptr)
            return make_error(
                fmt::format("'{}' is no option but has options below it", shown),
                "give each of them its expression");
        auto around = options::sets_around(*at);
        if (!around)
            return around.error();
        made.wanted.value = std::move(*value);
        made.wanted.around = std::move(*around);
        made.notes = std::move(at->notes);
        made.notes.push_back(fmt::format(
            "the expression is not checked here: Nix will say whether it is {}",
            options::describe(*at->takes)));
        return made;
    }
    auto value = read_literal(at->takes, text, how);
    if (!value)
        return value.error();
    auto flattened = options::flatten(known, *at, *value, replace);
    if (!flattened) {
        auto wrong = flattened.error();
        if (how == reading::literal_or_string)
            if (auto doubt = doubt_about_string(text, *value); !doubt.empty()) {
                wrong.notes.push_back({std::move(doubt), {}});
                wrong.hint.clear(); // it is about the string, and that was hardly meant
            }
        return wrong;
    }
    made.notes = std::move(flattened->notes);
    if (how == reading::literal_or_string && value->as<std::string>() != nullptr)
        if (auto const plain = read_value(text, how); plain && looks_like_no_string(*plain))
            made.notes.push_back(
                fmt::format("VALUE is taken as a string, which '{}' takes", shown));
    if (how == reading::literal_or_string)
        if (auto doubt = doubt_about_numbers(text, *value); !doubt.empty())
            made.notes.push_back(std::move(doubt));
    made.wanted.leaves = std::move(flattened->leaves);
    made.wanted.value = std::move(*value);
    return made;
}

} // namespace dynix::overrides
