#include "dynix/overrides/typed_change.hpp"

#include "dynix/overrides/effective.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::overrides;

namespace {

// A schema with an option that an old name leads to, and one with free names.
constexpr auto text = R"({"version": 1, "options": {
    "old": {"alias": ["new"]},
    "new": {"type": {"kind": "integer", "text": "signed integer"}, "service": "s"},
    "word": {"type": {"kind": "string", "text": "string"}, "service": "s"},
    "set": {"type": {"kind": "attributes", "text": "attribute set of raw value",
                     "of": [{"kind": "raw", "text": "raw value"}]}, "service": "s"},
    "forced": {"type": {"kind": "attributes", "text": "attribute set of attribute set of anything",
                        "of": [{"kind": "attributes", "text": "attribute set of anything",
                                "of": [{"kind": "anything", "text": "anything"}]}]},
               "service": "s",
               "priorities": {"at": 1500, "below": {"inner": {"at": 50, "below": {"a": 100}}}}}}})";

std::string change_of(
    std::string const& path, std::string const& value, reading how = reading::literal_or_string,
    bool replace = false) {
    auto const known = options::schema::read(text, "S");
    auto const made =
        read_change(*known, *syntax::parse_attribute_path(path, "PATH"), value, how, replace);
    if (!made)
        return made.error().message;
    auto const file = read_dynamic_file(std::string(text_without_entries()), "f");
    auto const wanted = make_overrides(*file, made->wanted);
    if (!wanted)
        return wanted.error().message;
    std::string out;
    for (auto const& one : *wanted) {
        out += syntax::print_attribute_path(one.path) + " = " + one.value;
        for (auto const& set : one.around)
            out += fmt::format(" ({}: {})", set.length, set.priority);
        out += "; ";
    }
    for (auto const& note : made->notes)
        out += "| " + note;
    return out;
}

} // namespace

TEST_CASE("the override is of the new name, whatever kind of value it has") {
    CHECK(change_of("old", "4") == "new = 4; | 'old' is an old name of 'new'");
    CHECK(
        change_of("old", "1 + 1", reading::expression) ==
        "new = 1 + 1; | 'old' is an old name of 'new'| the expression is not checked here: Nix "
        "will say whether it is signed integer");
}

TEST_CASE("an override joins the sets around it at their priorities") {
    CHECK(change_of("forced.inner.a", "4") == "forced.inner.a = 4 (1: 1500) (2: 50); ");
    CHECK(
        change_of("forced", "{ inner.b = 4; out.c = 5; }") ==
        "forced.inner.b = 4 (1: 1500) (2: 50); forced.out.c = 5 (1: 1500); ");
    CHECK(
        change_of("forced.inner", "{ b = 1; }", reading::literal_or_string, true) ==
        "forced.inner = { b = 1; } (1: 1500); ");
    CHECK(change_of("forced.inner.a", "1 + 1", reading::expression)
              .starts_with("forced.inner.a = 1 + 1 (1: 1500) (2: 50); "));
    CHECK(
        change_of("forced", "{ b.c = 1; }", reading::literal_or_string, true) ==
        "forced = { b = { c = 1; }; }; ");
}

TEST_CASE("a word is a string where one is taken, also one that no literal is") {
    CHECK(change_of("word", "4") == "word = \"4\"; ");
    CHECK(change_of("word", "[ a ]") == "word = \"[ a ]\"; ");
    CHECK(
        change_of("word", "[ 1 ]") ==
        "word = \"[ 1 ]\"; | VALUE is taken as a string, which 'word' takes");
    CHECK(
        change_of("new", "4", reading::string) ==
        "'new': expected signed integer, found the string \"4\"");
    CHECK(change_of("new", "[ a ]") == "expected a literal value, found variable 'a'");
}

TEST_CASE("the types say what a leaf is") {
    CHECK(change_of("set", "{ a = { b = 1; }; c = 2; }") == "set.a = { b = 1; }; set.c = 2; ");
    CHECK(change_of("set", "{ a = 1; }", reading::literal_or_string, true) == "set = { a = 1; }; ");
}

TEST_CASE("an expression has a path that can be overridden") {
    CHECK(change_of("nwe", "4", reading::expression) == "there is no option 'nwe'");
    CHECK(
        change_of("set.a.b", "4", reading::expression) ==
        "'set.a' is taken as a whole, so 'b' in it cannot be overridden alone");
}

TEST_CASE("several leaves below one replaced subtree are folded into it together") {
    auto file = *read_dynamic_file(std::string(text_without_entries()), "f");
    auto const replaced =
        make_overrides(file, {{"a"}, *syntax::parse_literal("{ b = 1; c = 2; }", "VALUE"), true});
    auto const added = make_entry(file, *replaced, "2026-11-23T01:33:00Z", "root", "");
    file = *read_dynamic_file(splice_entry(file, *added), "f");
    change wanted{{"a"}, *syntax::parse_literal("{ b = 3; d = 4; }", "VALUE"), true};
    wanted.leaves = {
        {{"a", "b"}, *syntax::parse_literal("3", "")},
        {{"a", "d"}, *syntax::parse_literal("4", "")},
        {{"e"}, *syntax::parse_literal("5", "")}};
    auto const made = make_overrides(file, wanted);
    REQUIRE(made);
    REQUIRE(made->size() == 2);
    CHECK(made->front().value == "5");
    CHECK(made->back().value == "{ b = 3; c = 2; d = 4; }");
}
