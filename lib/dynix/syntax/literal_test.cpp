#include "dynix/syntax/literal.hpp"

#include "dynix/test.hpp"

#include <bit>
#include <cmath>
#include <limits>

using namespace dynix;
using namespace dynix::syntax;
using namespace std::string_literals;

namespace {

literal read(std::string_view text) {
    auto const value = parse_literal(text, "VALUE");
    CAPTURE(text);
    REQUIRE(value);
    return *value;
}

std::string message_of(std::string_view text) {
    auto const value = parse_literal(text, "VALUE");
    CAPTURE(text);
    REQUIRE(!value);
    return value.error().message;
}

literal nested_lists(std::size_t depth) {
    literal value;
    for (std::size_t i = 0; i < depth; ++i) {
        literal::list items;
        items.push_back(std::move(value));
        value = literal(std::move(items));
    }
    return value;
}

} // namespace

TEST_CASE("literals of every kind are read") {
    CHECK(read("null") == literal());
    CHECK(read(" true # yes\n") == literal(true));
    CHECK(read("(false)") == literal(false));
    CHECK(read("12") == literal(std::int64_t(12)));
    CHECK(read("007") == literal(std::int64_t(7)));
    CHECK(read("-12") == literal(std::int64_t(-12)));
    CHECK(read("- -12") == literal(std::int64_t(12)));
    CHECK(read("9223372036854775807") == literal(std::numeric_limits<std::int64_t>::max()));
    CHECK(read("-9223372036854775807 - 1") == literal(std::numeric_limits<std::int64_t>::min()));
    CHECK(read("1.5") == literal(1.5));
    CHECK(read(".5") == literal(0.5));
    CHECK(read("1.") == literal(1.0));
    CHECK(read("-1.5e3") == literal(-1500.0));
    CHECK(read("\"a\\nb\\${c}\"") == literal("a\nb${c}"s));
    CHECK(read("''\n  a\n   b\n''") == literal("a\n b\n"s));
    CHECK(read("http://a.b/c") == literal("http://a.b/c"s));
    CHECK(read("./a/b") == literal(literal_path{"./a/b"}));
    CHECK(read("~/a") == literal(literal_path{"~/a"}));
    CHECK(
        read("[ 1 \"a\" [ ] (-1) ]") == literal(literal::list{
                                            literal(std::int64_t(1)), literal("a"s),
                                            literal(literal::list{}), literal(std::int64_t(-1))}));
    CHECK(
        read("{ b = 1; a.\"c d\" = null; a.e = { }; }") ==
        literal(literal::attribute_set{
            {"b", literal(std::int64_t(1))},
            {"a", literal(literal::attribute_set{
                      {"c d", literal()}, {"e", literal(literal::attribute_set{})}})}}));
}

TEST_CASE("what is no literal is refused at its place") {
    struct row {
        std::string_view text;
        std::string_view message;
    };
    for (auto const& [text, message] : {
             row{"", "expected an expression, found the end of the text"},
             row{"foo", "expected a literal value, found variable 'foo'"},
             row{"a b", "expected a literal value, found function application 'a b'"},
             row{"\"${x}\"", "expected a literal value, found a string with an interpolation"},
             row{"./a/${x}", "expected a literal value, found a path with an interpolation"},
             row{"x: x", "expected a literal value, found function 'x: x'"},
             row{"1 + 1", "expected a literal value, found operation '+'"},
             row{"5 - 3", "expected a literal value, found operation '-'"},
             row{"[ (1.5 * 2.0) ]", "expected a literal value, found operation '*'"},
             row{"rec { }", "expected a literal value, found recursive attribute set 'rec { }'"},
             row{"{ inherit a; }", "expected a literal value, found 'inherit'"},
             row{"{ ${a} = 1; }", "expected a literal value, found a computed attribute name"},
             row{"<nixpkgs>", "expected a literal value, found search path '<nixpkgs>'"},
             row{"-\"a\"", "expected a literal value, found a '-' in front of what is no number "
                           "it could negate"},
             row{"[ -1 ]", "expected a list item or ']', found '-'"},
             row{"9223372036854775808", "integer '9223372036854775808' is too large"},
             row{"-9223372036854775808", "integer '9223372036854775808' is too large"},
             row{"1.0e400", "number '1.0e400' is out of range"},
             row{"1e400", "expected a literal value, found function application '1e400'"},
             row{"{ a = 1; a = 2; }", "attribute 'a' is already defined"},
             row{"./a/", "a path cannot end in '/'"},
             row{"\"a", "expected '\"' to end string, found the end of the text"},
         }) {
        CHECK(message_of(text) == message);
    }
}

TEST_CASE("-0.0 is what Nix makes of it") {
    auto const value = read("-0.0");
    CHECK(!std::signbit(*value.as<double>()));
    CHECK(std::signbit(*read("0.0 * -1.0").as<double>()));
}

TEST_CASE("values are printed so that they are read back") {
    struct row {
        literal value;
        std::string_view text;
    };
    for (row const& one : {
             row{literal(), "null"},
             row{literal(true), "true"},
             row{literal(std::int64_t(-4)), "-4"},
             row{literal(std::numeric_limits<std::int64_t>::min()), "-9223372036854775807 - 1"},
             row{literal(0.0), "0.0"},
             row{literal(-0.0), "0.0 * -1.0"},
             row{literal(1.0), "1.0"},
             row{literal(1e22), "1.0e+22"},
             row{literal(-1.5e-7), "-1.5e-07"},
             row{literal(0.1), "0.1"},
             row{literal(std::numeric_limits<double>::max()), "1.7976931348623157e+308"},
             row{literal(std::numeric_limits<double>::min()), "2.2250738585072014e-308"},
             row{literal(5e-324), "1.0 * 2.2227587494850775e-162 * 2.2227587494850775e-162"},
             row{literal("a\"b\\c$d${e}$${f}\n\r\t''"s), R"("a\"b\\c$d\${e}$\${f}\n\r\t''")"},
             row{literal("\xff\x01"s), "\"\xff\x01\""},
             row{literal(literal_path{"/etc"}), "/etc"},
             row{literal(literal_path{"/etc/"}), "/etc"},
             row{literal(literal_path{"/"}), "/."},
             row{literal(literal_path{"a"}), "./a"},
             row{literal(literal_path{"/etc/my file"}), "/. + \"/etc/my file\""},
             row{literal(literal_path{"./${a}"}), "./. + \"/\\${a}\""},
             row{literal(literal_path{"~/a b"}), "~/. + \"/a b\""},
             row{literal(literal_path{"../a b"}), "../. + \"/a b\""},
             row{literal(literal_path{"a//b"}), "./. + \"/a//b\""},
             row{literal(literal::list{}), "[ ]"},
             row{literal(literal::list{
                     literal(std::int64_t(-1)), literal(-0.5), literal(literal_path{"/a b"}),
                     literal(-0.0), literal(std::int64_t(1))}),
                 "[ (-1) (-0.5) (/. + \"/a b\") (0.0 * -1.0) 1 ]"},
             row{literal(literal::attribute_set{}), "{ }"},
             row{literal(literal::attribute_set{
                     {"a", literal(std::int64_t(-1))},
                     {"", literal()},
                     {"or", literal()},
                     {"if", literal()},
                     {"1a", literal()},
                     {"a.b", literal()},
                     {"a'b-c_", literal()},
                     {"${a}", literal()}}),
                 "{ a = -1; \"\" = null; \"or\" = null; \"if\" = null; \"1a\" = null; "
                 "\"a.b\" = null; a'b-c_ = null; \"\\${a}\" = null; }"},
         }) {
        CAPTURE(one.text);
        auto const printed = print(one.value);
        REQUIRE(printed);
        CHECK(*printed == one.text);
        auto const again = parse_literal(*printed, "again");
        REQUIRE(again);
        CHECK(*print(*again) == one.text);
        auto const argument = print_argument(one.value);
        auto const as_item = parse_literal("[ " + *argument + " ]", "again");
        REQUIRE(as_item);
        CHECK(as_item->as<literal::list>()->size() == 1);
    }
}

TEST_CASE("every byte but NUL survives in a string and in a name") {
    std::string all;
    for (int byte = 1; byte < 256; ++byte)
        all += static_cast<char>(byte);
    for (auto const& value : {literal(all), literal(literal::attribute_set{{all, literal(all)}})}) {
        auto const printed = print(value);
        REQUIRE(printed);
        CHECK(read(*printed) == value);
    }
    CHECK(!print(literal("a\0b"s)));
    CHECK(!print(literal(literal_path{"a\0b"s})));
    CHECK(!print(literal(literal::attribute_set{{"a\0b"s, literal()}})));
    CHECK(!print(literal(std::numeric_limits<double>::infinity())));
}

TEST_CASE("floats come back bit by bit") {
    std::uint64_t state = 1;
    for (int round = 0; round < 20000; ++round) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        auto const number = std::bit_cast<double>(state ^ (state >> 29U));
        if (!std::isfinite(number))
            continue;
        CAPTURE(number);
        auto const printed = print(literal(number));
        REQUIRE(printed);
        auto const again = parse_literal(*printed, "again");
        REQUIRE(again);
        CHECK(
            std::bit_cast<std::uint64_t>(*again->as<double>()) ==
            std::bit_cast<std::uint64_t>(number));
    }
}

TEST_CASE("deep values end in an error and never in a crash") {
    CHECK(print(nested_lists(deepest_literal)));
    CHECK(!print(nested_lists(deepest_literal + 1)));
    CHECK(!print(nested_lists(1'000'000)));
    auto const brackets = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    CHECK(parse_literal(brackets(deepest_literal), "VALUE"));
    CHECK(
        message_of(brackets(9'000)) ==
        "expected a literal value, found a value nested over 256 levels");
    CHECK(message_of(brackets(100'000)) == "nesting is too deep");
    CHECK(message_of(std::string(100'000, '-') + "1") == "nesting is too deep");
}

TEST_CASE("a moved value leaves no trace, a copied one is its own") {
    auto const deep = nested_lists(100);
    auto copy = deep;
    copy = read("[ 1 ]");
    CHECK(copy == read("[ 1 ]"));
    CHECK(deep == nested_lists(100));
}
