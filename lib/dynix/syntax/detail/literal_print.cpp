#include "dynix/syntax/arena.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "dynix/syntax/grammar/scan.hpp"
#include "dynix/syntax/literal.hpp"
#include "dynix/syntax/strings.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace dynix::syntax {

namespace {

constexpr std::string_view smallest_integer = "-9223372036854775807 - 1";

// The shortest digits that read back as the same number, in a form that Nix lexes as one: with a
// point, and without more than one leading zero.
std::string float_digits(double value) {
    char buffer[64];
    auto const end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    std::string text(buffer, end);
    auto const exponent = text.find('e');
    if (text.find('.') == std::string::npos)
        text.insert(exponent == std::string::npos ? text.size() : exponent, ".0");
    return text;
}

// Numbers under the smallest normal one, which Nix refuses to read, are a whole number times
// 2 to the -1074; this is its square root, so that both products are exact.
constexpr double half_of_the_way = 0x1p-537;

std::string print_float(double value) {
    if (value == 0)
        return std::signbit(value) ? "0.0 * -1.0" : "0.0";
    if (std::abs(value) >= std::numeric_limits<double>::min())
        return float_digits(value);
    auto const count = value / half_of_the_way / half_of_the_way;
    auto const factor = float_digits(half_of_the_way);
    return fmt::format("{} * {} * {}", float_digits(count), factor, factor);
}

// Whether the text is one path token.
bool is_path_token(std::string const& text) {
    using namespace grammar;
    auto const* const begin = text.c_str();
    auto const* const body = begin + (*begin == '~' ? 1 : 0);
    if (*begin == '~' ? *body != '/' : *skip_class(body, path_rest) != '/')
        return false;
    return path_piece_end(body) == begin + text.size() && text.back() != '/';
}

std::string print_path(std::string text) {
    while (text.size() > 1 && text.back() == '/')
        text.pop_back();
    if (text.find('/') == std::string::npos && !text.starts_with('~'))
        text.insert(0, "./");
    if (is_path_token(text))
        return text;
    // A path that stands for the beginning, and the rest as a string.
    auto const first = text.find('/');
    auto const rest = first == std::string::npos ? std::string() : text.substr(first);
    if (text.starts_with('/'))
        return text == "/" ? "/." : fmt::format("/. + {}", string_literal(text));
    if (text.starts_with("~/") || text == "~")
        return rest.empty() ? "~/." : fmt::format("~/. + {}", string_literal(rest));
    if (text.starts_with("./"))
        return fmt::format("./. + {}", string_literal(rest));
    if (text.starts_with("../"))
        return fmt::format("../. + {}", string_literal(rest));
    return fmt::format("./. + {}", string_literal("/" + text));
}

class literal_printer {
  public:
    result<std::string> run(literal const& what, bool as_argument) {
        add(what, as_argument, 0);
        if (!problem_.message.empty())
            return problem_;
        return std::move(text_);
    }

  private:
    // An operation or a negative number is in parentheses where it is an argument.
    void add_operation(std::string_view text, bool as_argument) {
        text_ += as_argument ? fmt::format("({})", text) : std::string(text);
    }

    void add_string(std::string_view value) {
        if (value.find('\0') != std::string_view::npos)
            problem_ = make_error("a NUL byte cannot be written in a Nix string");
        text_ += string_literal(value);
    }

    void add(literal const& what, bool as_argument, std::size_t depth) {
        if (depth > deepest_literal) {
            problem_ = make_error(fmt::format(
                "a value nested over {} levels cannot be written down", deepest_literal));
            return;
        }
        if (auto const* const it = what.as<bool>())
            text_ += *it ? "true" : "false";
        else if (auto const* const number = what.as<std::int64_t>())
            add_integer(*number, as_argument);
        else if (auto const* const real = what.as<double>())
            add_float(*real, as_argument);
        else if (auto const* const string = what.as<std::string>())
            add_string(*string);
        else if (auto const* const path = what.as<literal_path>())
            add_path(*path, as_argument);
        else if (auto const* const items = what.as<literal::list>())
            add_list(*items, depth);
        else if (auto const* const attributes = what.as<literal::attribute_set>())
            add_set(*attributes, depth);
        else
            text_ += "null";
    }

    void add_integer(std::int64_t number, bool as_argument) {
        if (number == std::numeric_limits<std::int64_t>::min())
            add_operation(smallest_integer, as_argument);
        else
            add_operation(fmt::format("{}", number), as_argument && number < 0);
    }

    void add_float(double number, bool as_argument) {
        if (!std::isfinite(number)) {
            problem_ = make_error("infinity and NaN cannot be written in Nix");
            return;
        }
        auto const text = print_float(number);
        add_operation(text, as_argument && (text[0] == '-' || text.find(' ') != std::string::npos));
    }

    void add_path(literal_path const& path, bool as_argument) {
        if (path.text.find('\0') != std::string::npos || path.text.empty()) {
            problem_ = make_error(
                path.text.empty() ? "an empty path cannot be written in Nix"
                                  : "a NUL byte cannot be written in a Nix path");
            return;
        }
        auto const text = print_path(path.text);
        add_operation(text, as_argument && text.find(' ') != std::string::npos);
    }

    void add_list(literal::list const& items, std::size_t depth) {
        text_ += "[ ";
        for (auto const& item : items) {
            add(item, true, depth + 1);
            text_ += ' ';
        }
        text_ += ']';
    }

    void add_set(literal::attribute_set const& attributes, std::size_t depth) {
        text_ += "{ ";
        for (auto const& attribute : attributes) {
            if (attribute.name.find('\0') != std::string::npos)
                problem_ = make_error("a NUL byte cannot be written in a Nix attribute name");
            text_ += print_attribute_name(attribute.name);
            text_ += " = ";
            add(attribute.value, false, depth + 1);
            text_ += "; ";
        }
        text_ += '}';
    }

    std::string text_;
    error problem_;
};

} // namespace

result<std::string> print(literal const& what) {
    return literal_printer().run(what, false);
}

result<std::string> print_argument(literal const& what) {
    return literal_printer().run(what, true);
}

result<std::string> print_string(std::string_view value) {
    return print(literal(std::string(value)));
}

} // namespace dynix::syntax
