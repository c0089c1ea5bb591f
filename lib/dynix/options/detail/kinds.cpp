// The kinds of types whose values hold others, beside plain_kinds.cpp: what options.json calls
// each, which values fit it, what is inside, and what is said of one that does not fit. 'fits'
// looks at what 'check' of a type in lib/types.nix looks at: at the outside of a value, and not
// into lists and sets.
#include "dynix/options/check.hpp"
#include "dynix/options/detail/plain_kinds.hpp"
#include "dynix/options/names_after.hpp"
#include "dynix/options/resolve.hpp"
#include "dynix/options/values.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace dynix::options {
namespace {

using syntax::literal;
using answer = std::optional<bool>;
using attribute_set = literal::attribute_set;
using list = literal::list;
using known_parts = std::optional<std::vector<part>>;

std::string at_name(std::string const& name) {
    return fmt::format(" '{}'", syntax::print_attribute_name(name));
}

answer fits_null_or(type const& takes, literal const& value) {
    return is_null(value) ? true : fits_outside(*takes.of[0], value);
}

known_parts in_null_or(type const& takes, literal const& value) {
    return is_null(value) ? known_parts(std::in_place) : known_parts({{takes.of[0], &value}});
}

type const& set_of_last(type const& takes) {
    return of_a_set(*takes.of.back());
}

std::vector<literal> few_or_null(type const& takes) {
    auto out = few_values(*takes.of[0]);
    out.emplace_back();
    return out;
}

answer fits_either(type const& takes, literal const& value) {
    bool unsure = false;
    for (auto const* side : takes.of) {
        auto const fits = fits_outside(*side, value);
        if (fits == true)
            return true;
        unsure = unsure || !fits;
    }
    return unsure ? answer() : false;
}

// The first side whose outside fits decides, as in Nix.
known_parts in_either(type const& takes, literal const& value) {
    for (auto const* side : takes.of)
        if (auto const fits = fits_outside(*side, value); fits != false)
            return fits ? known_parts({{side, &value}}) : known_parts();
    return {};
}

type const& set_of_either(type const& takes) {
    static literal const a_set{attribute_set{{"", {}}}};
    for (auto const* side : takes.of)
        if (fits_outside(*side, a_set) != false)
            return of_a_set(*side);
    return takes;
}

std::vector<literal> few_of_each(type const& takes) {
    std::vector<literal> out;
    for (auto const* side : takes.of)
        for (auto& value : few_values(*side))
            out.push_back(std::move(value));
    return out;
}

answer fits_list(type const& takes, literal const& value) {
    auto const* items = value.as<list>();
    return items != nullptr && !(takes.not_empty && items->empty());
}

known_parts in_list(type const& takes, literal const& value) {
    std::vector<part> items;
    for (auto const& item : *value.as<list>())
        items.push_back({takes.of[0], &item, fmt::format(" item {}", items.size() + 1), true});
    return items;
}

std::string list_advice(type const&, literal const& value) {
    auto const printed = syntax::print_argument(value);
    return !printed || is_collection(value) || is_null(value) || printed->size() >= 40
               ? ""
               : fmt::format("a list of one item is written [ {} ]", *printed);
}

answer fits_attributes(type const&, literal const& value) {
    return is_set(value);
}

known_parts in_attributes(type const& takes, literal const& value) {
    std::vector<part> members;
    for (auto const& [name, member] : *value.as<attribute_set>())
        members.push_back({takes.of[0], &member, at_name(name)});
    return members;
}

// Also a string that is an absolute path, or a path: Nix takes it for the module in that file.
answer fits_submodule(type const&, literal const& value) {
    auto const* text = value.as<std::string>();
    return is_set(value) || value.as<syntax::literal_path>() != nullptr ||
           (text != nullptr && text->starts_with('/'));
}

answer fits_coerced(type const& takes, literal const& value) {
    return fits_outside(*takes.of[0], value) == false ? fits_outside(*takes.of[1], value)
                                                      : answer();
}

// What comes out of the conversion, by a function, only Nix knows.
known_parts in_coerced(type const& takes, literal const& value) {
    return fits_outside(*takes.of[0], value) != false ? known_parts()
                                                      : known_parts({{takes.of[1], &value}});
}

std::vector<literal> few_converted(type const& takes) {
    return few_values(*takes.of[1]);
}

answer fits_tagged(type const& takes, literal const& value) {
    auto const* members = value.as<attribute_set>();
    auto const* tag = members != nullptr && members->size() == 1
                          ? find(takes.members, members->front().name)
                          : nullptr;
    return tag != nullptr && tag->what != nullptr;
}

known_parts in_tagged(type const& takes, literal const& value) {
    auto const& [name, member] = value.as<attribute_set>()->front();
    auto const& tag = *find(takes.members, name)->what;
    return known_parts({{tag.takes, &member, at_name(name), false, tag.read_only}});
}

answer fits_inner(type const& takes, literal const& value) {
    return fits_outside(*takes.of[0], value);
}

known_parts in_inner(type const& takes, literal const& value) {
    return known_parts({{takes.of[0], &value}});
}

std::string inner_advice(type const& takes, literal const& value) {
    return takes.of[0]->kind->advice(*takes.of[0], value);
}

constexpr type_kind kinds[] = {
    {.word = "null-or",
     .fewest = 1,
     .most = 1,
     .only_strings = true,
     .fits = fits_null_or,
     .inside = in_null_or,
     .of_a_set = set_of_last,
     .advice = inner_advice,
     .few_values = few_or_null},
    {.word = "either",
     .fewest = 1,
     .most = std::size_t(-1),
     .only_strings = true,
     .fits = fits_either,
     .inside = in_either,
     .of_a_set = set_of_either,
     .few_values = few_of_each},
    {.word = "list",
     .holds = structure::list,
     .fewest = 1,
     .most = 1,
     .fits = fits_list,
     .inside = in_list,
     .advice = list_advice},
    {.word = "attributes",
     .holds = structure::attributes,
     .fewest = 1,
     .most = 1,
     .fits = fits_attributes,
     .inside = in_attributes},
    {.word = "submodule",
     .holds = structure::submodule,
     .most = 1, // its freeform type
     .fits = fits_submodule},
    {.word = "coerced",
     .fewest = 2,
     .most = 2,
     .fits = fits_coerced,
     .inside = in_coerced,
     .of_a_set = set_of_last,
     .few_values = few_converted},
    {.word = "tagged", .holds = structure::whole, .fits = fits_tagged, .inside = in_tagged},
    {.word = "unique",
     .holds = structure::whole,
     .fewest = 1,
     .most = 1,
     .only_strings = true,
     .fits = fits_inner,
     .inside = in_inner,
     .advice = inner_advice,
     .few_values = few_of_each},
};

} // namespace

type_kind const& kind_of(std::string_view word) {
    for (auto const all : {plain_kinds(), std::span<type_kind const>(kinds)})
        if (auto const found = std::ranges::find(all, word, &type_kind::word); found != all.end())
            return *found;
    return unknown_kind;
}

} // namespace dynix::options
