// The kinds of types whose values hold no others, or none that is judged by itself: 'fits' looks at
// what 'check' of a type in lib/types.nix looks at.
#include "dynix/options/detail/plain_kinds.hpp"

#include "dynix/base/nearest.hpp"
#include "dynix/options/check.hpp"
#include "dynix/options/pattern.hpp"
#include "dynix/options/values.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace dynix::options {
namespace {

using syntax::literal;
using answer = std::optional<bool>;

bool is_within_bounds(type const& takes, literal const& value) {
    if (takes.least &&
        (less(value, *takes.least) || (takes.least_excluded && !less(*takes.least, value))))
        return false;
    return !takes.most || !less(*takes.most, value);
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

constexpr type_kind without_parts[] = {
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
    {.word = "anything", .holds = structure::anything, .fits = fits_anything},
    {.word = "raw", .holds = structure::whole, .fits = fits_raw},
};

} // namespace

std::span<type_kind const> plain_kinds() {
    return without_parts;
}

} // namespace dynix::options
