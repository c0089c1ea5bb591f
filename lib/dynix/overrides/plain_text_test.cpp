#include "dynix/overrides/change.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::overrides;

namespace {

constexpr auto latin = "caf\xe9";

dynamic_file file_with(std::string const& entries) {
    return *read_dynamic_file(
        "{ lib, ... }:\n{\n  config = lib.mkMerge [\n" + entries + "  ];\n}\n", "f");
}

} // namespace

TEST_CASE("text that is no UTF-8 gets into no part of an entry") {
    for (auto const how : {reading::literal_or_string, reading::string, reading::expression})
        for (std::string const text : {latin, "\"caf\xe9\"", "[ \"caf\xe9\" ]", "1 # caf\xe9"}) {
            CAPTURE(text);
            auto const read = read_value(text, how);
            REQUIRE(!read);
            CHECK(read.error().message.find("has the byte 0xe9") != std::string::npos);
            REQUIRE(read.error().at);
            CHECK(read.error().at->begin.column == text.find('\xe9') + 1);
        }
    auto const file = file_with("");
    CHECK(make_entry(file, {{{"a", "caf\xc3\xa9"}, "1"}}, "t", "u", "caf\xc3\xa9"));
    CHECK(!make_entry(file, {}, "t", "u", latin));
    CHECK(!make_entry(file, {{{"a", latin}, "1"}}, "t", "u", ""));
    CHECK(!make_entry(file, {{{"a"}, "\"caf\xe9\""}}, "t", "u", ""));
}

TEST_CASE("a message is one line that a terminal shows as it stands") {
    auto const file = file_with("");
    for (std::string const message :
         {"a\nb", "a\x1b[2J",
          "a\xc2\x9b"
          "2J",
          "a\xc2\x85z", "a\xe2\x80\xa8z", "\xe2\x80\xaeyb ton"}) {
        CAPTURE(message);
        auto const made = make_entry(file, {{{"a"}, "1"}}, "t", "u", message);
        REQUIRE(!made);
        CHECK(made.error().message.find("control character") != std::string::npos);
    }
    CHECK(make_entry(file, {{{"a"}, "1"}}, "t", "u", "\xc3\x80 la carte \xe4\xb8\x80"));
}

TEST_CASE("a file with such text is refused before Nix sees it, and says which entry it is") {
    CHECK(check_is_text(file_with("    # caf\xc3\xa9\n    { a = lib.mkOverride (-1) 1; }\n")));
    auto const in_value =
        check_is_text(file_with("    { a = lib.mkOverride (-1) 1; }\n"
                                "    { b = lib.mkOverride (-4) \"caf\xe9\"; }\n"));
    REQUIRE(!in_value);
    REQUIRE(in_value.error().at);
    CHECK(in_value.error().at->begin == line_column{5, 35});
    CHECK(in_value.error().hint.find("'dynix undo 4'") != std::string::npos);
    auto const in_header = check_is_text(file_with("    # 7 2026-11-23T01:33:00Z root: caf\xe9\n"
                                                   "    { a = lib.mkOverride (-7) 1; }\n"));
    REQUIRE(!in_header);
    CHECK(in_header.error().hint.find("'dynix undo 7'") != std::string::npos);
    auto const of_a_person = check_is_text(file_with("    # caf\xe9\n"));
    REQUIRE(!of_a_person);
    CHECK(of_a_person.error().hint.find("by hand") != std::string::npos);
    auto const with_nul = check_is_text(file_with(std::string("    # a\0b\n", 10)));
    REQUIRE(!with_nul);
    CHECK(
        with_nul.error().message ==
        "the dynamic file has a NUL byte, which no Nix string can hold");
}
