// Which variables are undefined. Nix 2.26 refuses every text with one, and names one of them.
#include "dynix/syntax/parse.hpp"

#include "dynix/test.hpp"

#include <fmt/format.h>
#include <initializer_list>
#include <string>

using namespace dynix;
using namespace dynix::syntax;

namespace {

// The names that are reported, in source order, each with a space behind it.
std::string undefined(std::string_view text) {
    std::string names;
    for (auto const& one :
         diagnose(std::string(text), "test", {.undefined_variables = true}).errors) {
        auto const begin = one.message.find('\'') + 1;
        auto const name = one.message.substr(begin, one.message.rfind('\'') - begin);
        CHECK(one.message == fmt::format("variable '{}' is not defined", name));
        names += name + " ";
    }
    return names;
}

struct row {
    std::string_view text;
    std::string_view names;
};

void check(std::initializer_list<row> rows) {
    for (auto const& one : rows) {
        INFO(std::string(one.text));
        CHECK(undefined(one.text) == one.names);
    }
}

} // namespace

TEST_CASE("a variable is defined by what is around it") {
    check({
        row{"x", "x "},
        row{"x: x y", "y "},
        row{"{ a, b ? a c }: a b", "c "},
        row{"{ a ? z }@z: a", ""},
        row{"z@{ a ? z }: a", ""},
        row{"(x: x) x", "x "},
        row{"let a = b; b = a; in a c", "c "},
        row{"let a.b = 1; in b", "b "},
        row{"let \"a b\" = 1; c-d' = 2; in c-d'", ""},
        row{"let \"a\" = 1; ${\"b\"} = 2; in a b", ""},
        row{"(let a = 1; in a) a", "a "},
        row{"[ (let a = 1; in let b = a; in b) a b ]", "a b "},
        row{"let a = 1; in let a = 2; in a", ""},
        row{"[ (let a = 1; in (let a = 2; in a) a) a ]", "a "},
        row{"let { a = body; body = b; }", "b "},
        row{"{ a = 1; b = a; }", "a "},
        row{"rec { a = 1; b = a; c.d = c e; }", "e "},
        row{"rec { ${a} = a; ${b} = 1; a = 1; }", "b "},
        row{"{ ${a} = 1; \"${b}\".c = 1; }", "a b "},
        row{"x.y or z", "x z "},
        row{"x ? y.${z}", "x z "},
        row{"\"${a}\" + ''${b}'' + ./c/${d}", "a b d "},
        row{"__curPos", ""},
        row{"map or", "or "},
        row{"y x", "y x "},
    });
}

TEST_CASE("what is inherited comes from outside") {
    check({
        row{"{ inherit a; }", "a "},
        row{"{ inherit \"a b\"; }", "\"a b\" "},
        row{"rec { inherit a; b = a; }", "a "},
        row{"let inherit a; in a", "a "},
        row{"a: let inherit a; in a", ""},
        row{"{ inherit (a) b; c = b; }", "a b "},
        row{"rec { inherit (a) b; a = b; }", ""},
        row{"let inherit (a) b; a = b; in b", ""},
    });
}

TEST_CASE("with may define anything, but only in its body") {
    check({
        row{"with a; b", "a "},
        row{"a: with a; b (c: d) { inherit e; } (with f; g)", ""},
        row{"[ (with { }; a) a ]", "a "},
        row{"with with a; b; c", "a "},
        row{"let a = with { }; b; in b", "b "},
    });
}

TEST_CASE("a set in pieces is recursive if its first piece is") {
    check({
        row{"{ a = rec { x = 1; }; a.y = x; }", ""},
        row{"{ a = { y = x; }; a = rec { x = 1; }; }", "x "},
        row{"{ a.y = x; a = rec { x = 1; }; }", "x "},
        row{"{ a = rec { x = 1; }; a = { y = x; inherit z; }; }", "z "},
        row{"{ a.b = rec { x = 1; }; a.b.y = x; a.c = x; }", "x "},
        row{"{ a = { b = rec { x = 1; }; }; a.b.y = x; }", ""},
        row{"rec { a.x = 1; a.y = x; b = a; }", "x "},
        row{"let a.x = 1; a.y = x; b = a; in b c", "x c "},
        row{"{ a = rec { x = 1; }; a.${x} = x; a.z = { y = x; }; }", ""},
        row{"{ a = rec { b = { y = x; }; b.z = x; }; a.x = 1; }", ""},
        row{"{ a = (rec { x = 1; }); a.y = x; }", ""},
    });
}

TEST_CASE("very many names") {
    std::string text = "rec {\n";
    for (int i = 0; i < 20'000; ++i)
        text += fmt::format("a{} = a{};\n", i, 19'999 - i);
    CHECK(undefined(text + "}").empty());
    CHECK(undefined(text + "b = a20000; }") == "a20000 ");
}

TEST_CASE("what Nix defines only with an experimental feature is named with it") {
    struct {
        std::string_view name;
        std::string_view feature;
    } const table[] = {
        {"__fetchClosure", "fetch-closure"},
        {"__outputOf", "dynamic-derivations"},
        {"fetchTree", "flakes"},
        {"__getFlake", "flakes"},
        {"__parseFlakeRef", "flakes"},
        {"__flakeRefToString", "flakes"}};
    for (auto const& row : table) {
        CAPTURE(row.name);
        auto const text = std::string(row.name);
        auto const refused = parse(text, "test", {.undefined_variables = true});
        REQUIRE(!refused);
        CHECK(refused.error().message == fmt::format("variable '{}' is not defined", row.name));
        CHECK(
            refused.error().hint ==
            fmt::format("Nix has this only with its experimental feature '{}'", row.feature));
        CHECK(parse(text, "test", {.undefined_variables = true, .experimental_globals = true}));
    }
    CHECK(!parse("x", "test", {.undefined_variables = true, .experimental_globals = true}));
    CHECK(parse("fetchTarball __readFileType", "test", {.undefined_variables = true}));
}
