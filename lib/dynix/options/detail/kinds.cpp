// The kinds of types, all of them: what options.json calls each, which values fit it, and what is
// said of one that does not. 'fits' looks at what 'check' of a type in lib/types.nix looks at: at
// the outside of a value, and not into lists and sets.
#include "dynix/base/nearest.hpp"
#include "dynix/options/check.hpp"
#include "dynix/options/names_after.hpp"
#include "dynix/options/pattern.hpp"
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

bool is_null(literal const& value) {
    return value.as<std::monostate>() != nullptr;
}

bool is_set(literal const& value) {
    return value.as<attribute_set>() != nullptr;
}

bool is_collection(literal const& value) {
    return is_set(value) || value.as<list>() != nullptr;
}

bool is_within_bounds(type const& takes, literal const& value) {
    if (takes.least &&
        (less(value, *takes.least) || (takes.least_excluded && !less(*takes.least, value))))
        return false;
    return !takes.most || !less(*takes.most, value);
}

using known_parts = std::optional<std::vector<part>>;

std::string at_name(std::string const& name) {
    return fmt::format(" '{}'", syntax::print_attribute_name(name));
}

answer fits_boolean(type const&, literal const& value) {
    return value.as<bool>() != nullptr;
}

std::string boolean_advice(type const&, literal const&) {
    return "write true or false";
}

std::vector<literal> both_booleans(type const&) {
    return {literal(true), literal(false)};
}

answer fits_integer(type const& takes, literal const& value) {
    return value.as<std::int64_t>() != nullptr && is_within_bounds(takes, value);
}

std::string integer_advice(type const&, literal const& value) {
    return value.as<std::string>() == nullptr
               ? ""
               : "a number has digits alone: no quotes, unit, '0x' or exponent";
}

answer fits_float(type const&, literal const& value) {
    return value.as<double>() != nullptr;
}

std::string float_advice(type const&, literal const& value) {
    auto const* number = value.as<std::int64_t>();
    return number == nullptr ? "" : fmt::format("write {}.0", *number);
}

answer fits_number(type const& takes, literal const& value) {
    return fits_integer(takes, value) == true ||
           (value.as<double>() != nullptr && is_within_bounds(takes, value));
}

answer fits_string(type const& takes, literal const& value) {
    auto const* text = value.as<std::string>();
    if (text == nullptr)
        return false;
    auto fits = takes.pattern ? matches(*takes.pattern, *text) : answer(true);
    if (takes.pattern && fits && takes.matches_not)
        fits = !*fits;
    return fits;
}

std::string string_advice(type const&, literal const& value) {
    auto const printed = syntax::print(value);
    return value.as<std::string>() != nullptr || is_collection(value) || !printed
               ? ""
               : fmt::format("a string is written \"{}\"", *printed);
}

answer fits_path(type const& takes, literal const& value) {
    std::string_view text;
    if (auto const* written = value.as<syntax::literal_path>()) {
        if (takes.in_store == false)
            return false;
        // Where a relative path ends up depends on the folder of the dynamic file.
        if (!written->text.starts_with('/'))
            return takes.in_store || takes.absolute == false ? answer() : true;
        text = written->text;
    } else if (auto const* string = value.as<std::string>()) {
        text = *string;
    } else {
        return false;
    }
    if (takes.absolute && *takes.absolute != text.starts_with('/'))
        return false;
    if (takes.in_store && *takes.in_store != is_in_store(text))
        return false;
    return true;
}

// One that is written as its path in the store. Whether the store has it, Nix sees.
answer fits_package(type const& takes, literal const& value) {
    auto const* text = value.as<std::string>();
    return takes.takes_store_path && text != nullptr && is_store_path(*text) ? answer() : false;
}

std::string package_advice(type const&, literal const&) {
    return "only an expression makes a package: use --expr, in a dynamic file that takes 'pkgs'";
}

answer fits_enumeration(type const& takes, literal const& value) {
    auto const known = std::any_of(takes.values.begin(), takes.values.end(), [&](auto const& one) {
        return equal_in_nix(one, value);
    });
    return known || !takes.open ? answer(known) : answer();
}

std::string enumeration_advice(type const& takes, literal const& value) {
    auto const* text = value.as<std::string>();
    std::vector<std::string> known;
    for (auto const& one : takes.values)
        if (auto const* word = one.as<std::string>())
            known.push_back(*word);
    return text == nullptr ? "" : did_you_mean(nearest(*text, known));
}

std::vector<literal> all_values(type const& takes) {
    return takes.values;
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

answer fits_anything(type const&, literal const&) {
    return true;
}

answer fits_raw(type const& takes, literal const& value) {
    return !takes.only_sets || is_set(value);
}

answer fits_function(type const&, literal const&) {
    return false;
}

std::string function_advice(type const&, literal const&) {
    return "only an expression is a function: use --expr";
}

constexpr type_kind kinds[] = {
    {.word = "boolean",
     .fits = fits_boolean,
     .advice = boolean_advice,
     .few_values = both_booleans},
    {.word = "integer", .fits = fits_integer, .advice = integer_advice},
    {.word = "floating", .fits = fits_float, .advice = float_advice},
    {.word = "number", .fits = fits_number},
    {.word = "string", .only_strings = true, .fits = fits_string, .advice = string_advice},
    {.word = "path", .only_strings = true, .fits = fits_path},
    {.word = "package", .fits = fits_package, .advice = package_advice},
    {.word = "enumeration",
     .only_strings = true,
     .fits = fits_enumeration,
     .advice = enumeration_advice,
     .few_values = all_values},
    {.word = "function", .fits = fits_function, .advice = function_advice},
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
    {.word = "anything", .holds = structure::anything, .fits = fits_anything},
    {.word = "raw", .holds = structure::whole, .fits = fits_raw},
};

} // namespace

type_kind const& kind_of(std::string_view word) {
    auto const* const found = std::ranges::find(kinds, word, &type_kind::word);
    return found == std::end(kinds) ? unknown_kind : *found;
}

} // namespace dynix::options
