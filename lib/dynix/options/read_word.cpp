#include "dynix/options/check.hpp"

namespace dynix::options {

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
    if (syntax::literal string{std::string(text)}; fits(string))
        return string;
    return plain;
}

} // namespace dynix::options
