#include "dynix/overrides/change.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::overrides;
using syntax::literal;

TEST_CASE("what the module system looks for around a value is refused as one") {
    for (std::string const text :
         {"lib.mkForce 4", "(lib.mkOverride 10 4)", "lib.mkIf true 4", "lib.mkMerge [ 1 ] # all"}) {
        CAPTURE(text);
        auto const read = read_value(text, reading::expression);
        REQUIRE(!read);
        CHECK(read.error().message.find("is no part of a value") != std::string::npos);
        CHECK(!read.error().hint.empty());
        CHECK(read.error().at);
    }
    // A list puts these in order itself, and a set looks into its parts.
    for (std::string const text : {"lib.mkBefore [ 1 ]", "{ a = lib.mkForce 4; }", "lib.mkForce"}) {
        CAPTURE(text);
        CHECK(read_value(text, reading::expression));
    }
}

TEST_CASE("a literal is read as its value, anything else as a string") {
    struct {
        std::string text;
        literal expected;
    } const table[] = {
        {"4", literal(std::int64_t{4})},
        {"-4", literal(std::int64_t{-4})},
        {"-0", literal(std::int64_t{0})},
        {"1.5", literal(1.5)},
        {"true", literal(true)},
        {"null", literal()},
        {"\"4\"", literal(std::string("4"))},
        {"yay!", literal(std::string("yay!"))},
        {"", literal(std::string())},
        {"a b", literal(std::string("a b"))},
        {"/var/lib/x", literal(std::string("/var/lib/x"))},
        {"text/html", literal(std::string("text/html"))},
        {"./x", literal(std::string("./x"))},
        {"<nixpkgs>", literal(std::string("<nixpkgs>"))},
        {"http://a.b/c?d", literal(std::string("http://a.b/c?d"))},
        {"1e5", literal(std::string("1e5"))},
        {"1e400", literal(std::string("1e400"))},
        {"x: x", literal(std::string("x: x"))},
        {"[ 1", literal(std::string("[ 1"))},
        {"\"${x}\"", literal(std::string("\"${x}\""))},
        {"[ 1 2 ]", literal(literal::list{literal(std::int64_t{1}), literal(std::int64_t{2})})},
    };
    for (auto const& row : table) {
        CAPTURE(row.text);
        auto const value = read_value(row.text, reading::literal_or_string);
        REQUIRE(value);
        CHECK((std::get<literal>(*value) == row.expected));
    }
}

TEST_CASE("a number that Nix cannot hold and a broken bracket are errors, never strings") {
    for (auto const* text :
         {"9223372036854775808", "-99999999999999999999", "1.0e400", "[ 1 x ]", "{ a = 1 }",
          "{user}"}) {
        CAPTURE(text);
        CHECK(!read_value(text, reading::literal_or_string));
        CHECK(read_value(text, reading::string));
    }
}

TEST_CASE("a NUL byte is refused, every other character is a string") {
    for (int byte = 1; byte < 0x80; ++byte) {
        std::string const text(1, static_cast<char>(byte));
        auto const value = read_value(text, reading::string);
        REQUIRE(value);
        CHECK(*std::get<literal>(*value).as<std::string>() == text);
    }
    CHECK(!read_value(std::string_view("a\0b", 3), reading::string));
}

TEST_CASE("deep nesting is an answer or an error, never a crash") {
    for (std::size_t const depth : {100U, 10'000U, 1'000'000U}) {
        CAPTURE(depth);
        auto const text = std::string(depth, '[') + std::string(depth, ']');
        CHECK(read_value(text, reading::literal_or_string).has_value() == (depth == 100));
        CHECK(read_value(text, reading::string));
    }
}

TEST_CASE("a string of a megabyte is read") {
    std::string const text(1'000'000, 'x');
    auto const value = read_value(text, reading::literal_or_string);
    REQUIRE(value);
    CHECK(std::get<literal>(*value).as<std::string>()->size() == text.size());
}

TEST_CASE("a string that looks like a literal with a slip raises a doubt") {
    auto const doubt = [](std::string_view text) {
        return doubt_about_string(text, *read_value(text, reading::literal_or_string));
    };
    CHECK(doubt("[ 1").starts_with("VALUE is no Nix literal ("));
    CHECK(!doubt("{ a = 1; } b").empty());
    CHECK(!doubt("\"a").empty());
    CHECK(doubt("[ 1 ]").empty());
    CHECK(doubt("yay!").empty());
    CHECK(doubt("\"a\"").empty());
}

TEST_CASE("a number that loses digits raises a doubt") {
    auto const doubt = [](std::string_view text) {
        return doubt_about_numbers(text, *read_value(text, reading::literal_or_string));
    };
    CHECK(doubt("0640") == "'0640' is the number 640 to Nix; --string takes it as it stands");
    CHECK(doubt("007").starts_with("'007' is the number 7 to Nix"));
    CHECK(doubt(" -007 ") == "'007' is the number 7 to Nix; --string takes it as it stands");
    CHECK(doubt("1.10").starts_with("'1.10' is the number 1.1 to Nix"));
    CHECK(
        doubt("3.141592653589793238").starts_with("'3.141592653589793238' is the number 3.14159"));
    CHECK(
        doubt("{ a = [ 1.50 2 ]; b = { c = 08; }; }") ==
        "'1.50' is the number 1.5, '08' is the number 8 to Nix; between double quotes it stays as "
        "it stands");
    for (auto const* text :
         {"0", "-0", "640", "-7", "1.1", "1.0", "\"0640\"", "[ \"1.10\" ]", "a 0640", "1.2.30",
          "true", "[ 0640"}) {
        CAPTURE(text);
        CHECK(doubt(text).empty());
    }
    CHECK(doubt_about_numbers("0640", syntax::literal(std::string("0640"))).empty());
    CHECK(doubt_about_numbers("0640", expression{"0640"}).empty());
}
