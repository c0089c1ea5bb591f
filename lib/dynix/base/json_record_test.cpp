#include "dynix/base/json_record.hpp"

#include "dynix/test.hpp"

using namespace dynix;

namespace {

using strings = std::vector<std::string>;

// What `read` is refused with, for the record in `text`; empty for nothing.
template <class Read>
std::string refusal(std::string const& text, Read const& read) {
    auto const found = json::read_record(text, "f.json", [&](json::record_reader& from) {
        read(from);
        return 0;
    });
    return found ? std::string() : found.error().message;
}

} // namespace

TEST_CASE("members of every type are read") {
    auto const found = json::read_record(
        R"({"s": "x", "none": null, "i": -7, "t": true, "all": ["a", "b"], "any": {"k": [1]},
            "in": {"s": "y"}, "list": [{"s": "1"}, {"s": "2"}]})",
        "f.json", [](json::record_reader& from) {
            CHECK(from.names().size() == 8);
            CHECK(from.text("s") == "x");
            CHECK(from.text_or_null("s") == "x");
            CHECK_FALSE(from.text_or_null("none"));
            CHECK(from.integer("i") == -7);
            CHECK(from.integer_or("i", 1) == -7);
            CHECK(from.integer_or("later", 1) == 1);
            CHECK(from.text_or("later", "x") == "x");
            CHECK(from.truth("t"));
            CHECK(from.truth_or("later", true));
            CHECK(from.texts("all") == strings{"a", "b"});
            CHECK(from.json_text("any") == R"({"k":[1]})");
            CHECK(from.json_text("later") == "null");
            CHECK(from.has("none"));
            CHECK_FALSE(from.has_value("none"));
            CHECK_FALSE(from.has_value("later"));
            CHECK(from.has_value("s"));
            CHECK_FALSE(from.has("later"));
            CHECK(from.inner("in").text("s") == "y");
            strings all;
            from.each("list", [&](json::record_reader& one) {
                all.push_back(one.place() + "=" + one.text("s"));
            });
            return all;
        });
    REQUIRE(found);
    CHECK(*found == strings{"f.json: list[0]=1", "f.json: list[1]=2"});
}

TEST_CASE("an error says which member of which record it is, and what it should be") {
    struct {
        char const* text;
        void (*read)(json::record_reader&);
        char const* said;
    } const table[] = {
        {"{}", [](auto& from) { from.text("a"); }, "f.json: member 'a' is missing"},
        {R"({"a": 1})", [](auto& from) { from.text("a"); }, "f.json: member 'a' is not a string"},
        {R"({"a": "x\u0000y"})", [](auto& from) { from.text("a"); },
         "f.json: member 'a' has a NUL byte"},
        {R"({"a": 1})", [](auto& from) { from.text_or_null("a"); },
         "f.json: member 'a' is not a string"},
        {"{}", [](auto& from) { from.text_or_null("a"); }, "f.json: member 'a' is missing"},
        {R"({"a": 1.5})", [](auto& from) { from.integer("a"); },
         "f.json: member 'a' is not an integer"},
        {R"({"a": null})", [](auto& from) { from.integer_or("a", 1); },
         "f.json: member 'a' is not an integer"},
        {R"({"a": 1})", [](auto& from) { from.truth("a"); },
         "f.json: member 'a' is not true or false"},
        {R"({"a": {}})", [](auto& from) { from.texts("a"); }, "f.json: member 'a' is not an array"},
        {R"({"a": ["x", 1]})", [](auto& from) { from.texts("a"); }, "f.json: a[1] is not a string"},
        {R"({"a": [1]})", [](auto& from) { from.each("a", [](auto&) { FAIL("read"); }); },
         "f.json: a[0] is not an object"},
        {R"({"a": [{}, {"b": 1}]})",
         [](auto& from) { from.each("a", [](auto& one) { one.text("b"); }); },
         "f.json: a[0]: member 'b' is missing"},
        {R"({"a": {"b": 1}})", [](auto& from) { from.inner("a").inner("b").text("c"); },
         "f.json: a: member 'b' is not an object"},
        {R"({"a": {}})", [](auto& from) { from.inner("a").refuse("no"); }, "f.json: a: no"},
        {"{}", [](auto& from) { from.check(make_error("no")); }, "f.json: no"},
        {"{}", [](auto& from) { from.expect_version(1, ""); },
         "f.json: member 'version' is missing"},
        {R"({"version": 2})", [](auto& from) { from.expect_version(1, ""); },
         "f.json has version 2, expected 1"},
    };
    for (auto const& row : table) {
        CAPTURE(row.text);
        CHECK(refusal(row.text, row.read) == row.said);
    }
    CHECK(refusal("{}", [](auto& from) { from.check({}); }).empty());
    CHECK(refusal(R"({"version": 1})", [](auto& from) { from.expect_version(1, ""); }).empty());
}

TEST_CASE("the first error is the one that is kept, and nothing is read after it") {
    CHECK(refusal(R"({"b": 1, "list": [{}]})", [](auto& from) {
              from.text("a");
              from.refuse("no");
              from.text("b");
              from.each("list", [](auto&) { FAIL("read"); });
          }) == "f.json: member 'a' is missing");
}

TEST_CASE("a text that is no record is refused before anything is read") {
    for (auto const* text : {"", "[]", "{", "1"}) {
        CAPTURE(text);
        CHECK_FALSE(refusal(text, [](auto&) { FAIL("read"); }).empty());
    }
}
