// Nix values that can be written down without code, as plain data, and as Nix text and back.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/syntax/ast.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dynix::syntax {

// How deep lists and sets of a literal may nest; deeper is an error of to_literal and print.
// (As deep as JSON in base/json.hpp.)
inline constexpr std::size_t deepest_literal = 256;

struct literal_attribute;

// A path as written, such as ./a or ~/a or /etc/my file.
struct literal_path {
    std::string text;
    friend bool operator==(literal_path const&, literal_path const&) = default;
};

// A value: null (monostate), or what the alternative says. A string holds any bytes but NUL.
struct literal {
    using list = std::vector<literal>;
    using attribute_set = std::vector<literal_attribute>; // names are unique, in source order
    using value_type = std::variant<
        std::monostate, bool, std::int64_t, double, std::string, literal_path, list, attribute_set>;

    literal();
    literal(bool it);
    literal(std::int64_t it);
    literal(double it);
    literal(std::string it);
    literal(literal_path it);
    literal(list it);
    literal(attribute_set it);
    literal(char const*) = delete; // would be taken for a bool

    literal(literal const& other);
    literal(literal&& other) noexcept;
    literal& operator=(literal const& other);
    literal& operator=(literal&& other) noexcept;
    ~literal(); // without recursion, however deep

    template <class T>
    T const* as() const {
        return std::get_if<T>(&value);
    }

    value_type value;
};

struct literal_attribute {
    std::string name;
    literal value;
};

// Equal as data: same alternative, same bytes; doubles by value, attributes in the same order.
bool operator==(literal const& left, literal const& right);
bool operator==(literal_attribute const& left, literal_attribute const& right);

// The literal in `text`: null, true, false, numbers with or without a minus, strings without
// interpolation, URIs, paths without interpolation, lists and non-recursive sets of literals,
// parentheses. Anything else is an error at its place, and so is what Nix itself would refuse.
// As in Nix, -0.0 is 0.0. `name` is what errors call the text.
result<literal> parse_literal(std::string_view text, std::string_view name);

// The literal that an expression of a tree is, if it is one.
result<literal> to_literal(node expression);

// Nix text on one line that evaluates to the same value, to stand behind '=' or alone. A NUL byte,
// infinity and NaN have no Nix text: an error.
result<std::string> print(literal const& what);

// The same, to stand as a function's argument or a list's item: `(-1)` instead of `-1`.
result<std::string> print_argument(literal const& what);

// The text of a Nix string literal with this value; a NUL byte is an error.
result<std::string> print_string(std::string_view value);

} // namespace dynix::syntax
