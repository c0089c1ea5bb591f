#include "dynix/base/json.hpp"
#include "dynix/test.hpp"

#include <boost/json/array.hpp>

using namespace dynix;

TEST_CASE("broken JSON is refused with its place") {
    auto const broken = json::parse_record("{\n  \"a\": 1,\n  x\n}", "plan.json");
    REQUIRE(!broken);
    REQUIRE(broken.error().at);
    CHECK(broken.error().at->begin == line_column{3, 3});
    for (auto const* text : {"", "{", "[1]", "1", "{} x", "{\"a\":}"}) {
        CAPTURE(text);
        CHECK(!json::parse_record(text, "plan.json"));
    }
    CHECK(!json::parse_record("{\"a\":" + std::string(100000, '['), "plan.json"));
}

TEST_CASE("a document is printed with two spaces an indentation") {
    boost::json::object const record{{"a", boost::json::array{1, 2}}, {"b", boost::json::object{}}};
    CHECK(json::print(record) == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}\n");
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD") {
    struct {
        std::string input;
        std::string expected;
    } const table[] = {
        {"é", "é"},
        {"\xff", "\xef\xbf\xbd"},
        {"a\xc3", "a\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
        {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},
    };
    for (auto const& row : table) {
        CAPTURE(row.input);
        CHECK(json::print(boost::json::value(row.input)) == '"' + row.expected + "\"\n");
    }
}
