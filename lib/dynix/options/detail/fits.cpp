// The outside of a value against the outside of a type: what 'check' of a type in lib/types.nix
// looks at. It does not look into lists and sets.
#include "dynix/options/check.hpp"
#include "dynix/options/pattern.hpp"
#include "dynix/options/values.hpp"

#include <algorithm>

namespace dynix::options {
namespace {

using answer = std::optional<bool>;
using set = syntax::literal::attribute_set;
using list = syntax::literal::list;

answer fits_number(type const& takes, syntax::literal const& value) {
    bool const integer = value.as<std::int64_t>() != nullptr;
    bool const floating = value.as<double>() != nullptr;
    if (takes.kind == type_kind::integer ? !integer : !integer && !floating)
        return false;
    if (takes.least &&
        (less(value, *takes.least) || (takes.least_excluded && !less(*takes.least, value))))
        return false;
    if (takes.most && less(*takes.most, value))
        return false;
    return true;
}

answer fits_string(type const& takes, syntax::literal const& value) {
    auto const* text = value.as<std::string>();
    if (text == nullptr)
        return false;
    auto fits = takes.pattern ? matches(*takes.pattern, *text) : answer(true);
    if (takes.pattern && fits && takes.matches_not)
        fits = !*fits;
    return fits;
}

answer fits_path(type const& takes, syntax::literal const& value) {
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

answer fits_either(type const& takes, syntax::literal const& value) {
    bool unsure = false;
    for (auto const* side : takes.of) {
        auto const fits = fits_outside(*side, value);
        if (fits == true)
            return true;
        unsure = unsure || !fits;
    }
    return unsure ? answer() : false;
}

// A string that is an absolute path, or a path: Nix takes it for the module in that file.
bool is_module_path(syntax::literal const& value) {
    auto const* text = value.as<std::string>();
    return value.as<syntax::literal_path>() != nullptr ||
           (text != nullptr && text->starts_with('/'));
}

answer fits_kind(type const& takes, syntax::literal const& value) {
    auto const* members = value.as<set>();
    switch (takes.kind) {
    case type_kind::boolean:
        return value.as<bool>() != nullptr;
    case type_kind::integer:
    case type_kind::number:
        return fits_number(takes, value);
    case type_kind::floating:
        return value.as<double>() != nullptr;
    case type_kind::string:
        return fits_string(takes, value);
    case type_kind::path:
        return fits_path(takes, value);
    case type_kind::package: {
        auto const* text = value.as<std::string>();
        return takes.takes_store_path && text != nullptr && is_store_path(*text);
    }
    case type_kind::enumeration: {
        auto const known =
            std::any_of(takes.values.begin(), takes.values.end(), [&](auto const& one) {
                return equal_in_nix(one, value);
            });
        return known || !takes.open ? answer(known) : answer();
    }
    case type_kind::null_or:
        return value.as<std::monostate>() != nullptr ? answer(true)
                                                     : fits_outside(*takes.of[0], value);
    case type_kind::either:
        return fits_either(takes, value);
    case type_kind::list: {
        auto const* items = value.as<list>();
        return items != nullptr && !(takes.not_empty && items->empty());
    }
    case type_kind::attributes:
        return members != nullptr;
    case type_kind::submodule:
        return members != nullptr || is_module_path(value);
    case type_kind::coerced:
        return fits_outside(*takes.of[0], value) == false ? fits_outside(*takes.of[1], value)
                                                          : answer();
    case type_kind::tagged:
        return members != nullptr && members->size() == 1 &&
               find(takes.members, members->front().name) != nullptr;
    case type_kind::unique:
        return fits_outside(*takes.of[0], value);
    case type_kind::anything:
        return true;
    case type_kind::raw:
        return !takes.only_sets || members != nullptr;
    case type_kind::function:
        return false;
    case type_kind::unknown:
        break;
    }
    return std::nullopt;
}

} // namespace

answer fits_outside(type const& takes, syntax::literal const& value) {
    auto const fits = fits_kind(takes, value);
    return takes.partial && fits == true ? answer() : fits;
}

} // namespace dynix::options
