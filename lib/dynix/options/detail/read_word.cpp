#include "dynix/options/check.hpp"

#include <algorithm>

namespace dynix::options {
namespace {

bool takes_only_strings(type const& takes) {
    return takes.kind->only_strings &&
           std::ranges::all_of(takes.of, [](auto const* one) { return takes_only_strings(*one); });
}

// Whether the text may be the string itself though it is a value as well. 'null' beside other kinds
// of values is meant as none, and a list that has a wrong item is still a list.
bool may_be_a_string(type const& takes, syntax::literal const& plain) {
    if (plain.as<std::monostate>() != nullptr)
        return takes_only_strings(takes);
    bool const collection = plain.as<syntax::literal::list>() != nullptr ||
                            plain.as<syntax::literal::attribute_set>() != nullptr;
    return !collection || fits_outside(takes, plain) == false;
}

} // namespace

syntax::literal read_word(type const& takes, std::string_view text, syntax::literal const& plain) {
    auto const fits = [&](syntax::literal const& value) {
        return check_value(takes, value, {}, false).has_value();
    };
    if (fits(plain))
        return plain;
    if (auto const* number = plain.as<std::int64_t>()) {
        auto const same = static_cast<double>(*number);
        // 2^53: from there on not every integer has a float.
        constexpr std::int64_t exact = 1LL << 53;
        if (*number >= -exact && *number <= exact && fits(syntax::literal(same)))
            return syntax::literal(same);
    }
    if (syntax::literal string{std::string(text)}; may_be_a_string(takes, plain) && fits(string))
        return string;
    return plain;
}

} // namespace dynix::options
