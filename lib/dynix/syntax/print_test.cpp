#include "dynix/syntax/print.hpp"

#include "dynix/syntax/normal_form.hpp"
#include "dynix/syntax/parse.hpp"
#include "dynix/syntax/same_tree.hpp"
#include "dynix/test.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

using namespace dynix;
using namespace dynix::syntax;

namespace {

tree parsed(std::string text) {
    auto made = parse(text, "test");
    CAPTURE(text);
    REQUIRE(made);
    return std::move(*made);
}

// What is printed for a text; it must mean the same, and be printed the same again.
std::string printed(std::string_view text) {
    CAPTURE(text);
    auto const before = parsed(std::string(text));
    auto const out = print(before);
    CAPTURE(out);
    auto const after = parsed(out);
    CHECK(tree_comparison().difference(before.root(), after.root()) == "");
    CHECK(normal_form(after) == normal_form(before));
    CHECK(print(after) == out);
    CHECK(needless_parentheses(after) == "");
    return out;
}

struct row {
    std::string_view text;
    std::string_view expected; // empty: only that it means the same
};

void check_rows(std::initializer_list<row> rows) {
    for (auto const& [text, expected] : rows) {
        auto const out = printed(text);
        if (!expected.empty())
            CHECK(out == expected);
    }
}

struct nested_row {
    std::string_view before;
    std::string_view inner;
    std::string_view after;
};

std::string repeated(std::string_view piece, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += piece;
    return text;
}

} // namespace

TEST_CASE("parentheses that change nothing are left out, the others stay") {
    // The two texts of each row mean the same, and the second is what is printed.
    check_rows({
        row{"(a)", "a"},
        row{"((a + b)) + c", "a + b + c"},
        row{"a + (b + c)", "a + (b + c)"},
        row{"(a ++ b) ++ c", "(a ++ b) ++ c"},
        row{"a ++ (b ++ c)", "a ++ b ++ c"},
        row{"a // (b // c)", "a // b // c"},
        row{"(a -> b) -> (c -> d)", "(a -> b) -> c -> d"},
        row{"(a * b) + (c / d)", "a * b + c / d"},
        row{"(a + b) * (c - d)", "(a + b) * (c - d)"},
        row{"a - (b - c)", "a - (b - c)"},
        row{"(a - b) - c", "a - b - c"},
        row{"a + (b - c)", "a + (b - c)"},
        // operators that do not group
        row{"(a == b) == c", "(a == b) == c"},
        row{"a == (b == c)", "a == (b == c)"},
        row{"(a < b) == (c >= d)", "a < b == c >= d"},
        row{"(a < b) < c", "(a < b) < c"},
        row{"(a ? b) ? c", "a ? b ? c"},
        row{"(a ++ b) ? c", "(a ++ b) ? c"},
        // prefixes
        row{"!(a ? b)", "!a ? b"},
        row{"(!a) ? b", "(!a) ? b"},
        row{"(-a) ? b", "-a ? b"},
        row{"-(a ? b)", "-(a ? b)"},
        row{"!(a + b)", "!a + b"},
        row{"(!a) + b", "(!a) + b"},
        row{"!(a // b)", "!(a // b)"},
        row{"(!a) // b", "!a // b"},
        row{"a * (!b)", "a * !b"},
        row{"a * (!b) + c", "a * (!b) + c"},
        row{"a * !b + c", "a * !b + c"},
        row{"a * (!b) == c", "a * !b == c"},
        row{"a ++ (-b) ++ c", "a ++ -b ++ c"},
        row{"-(-a)", "--a"},
        row{"-(!a)", "-!a"},
        row{"(-(!a)) + b", "-(!a) + b"},
        row{"(!(-a)) + b", "(!-a) + b"},
        row{"!(!a)", "!!a"},
        row{"-(a b)", "-a b"},
        row{"-(a.b)", "-a.b"},
        row{"-(a * b)", "-(a * b)"},
        // pipes
        row{"(a |> f) |> g", "a |> f |> g"},
        row{"a |> (f |> g)", "a |> (f |> g)"},
        row{"f <| (g <| a)", "f <| g <| a"},
        row{"(f <| g) <| a", "(f <| g) <| a"},
        row{"(f <| a) |> g", "(f <| a) |> g"},
        row{"f <| (a |> g)", "f <| (a |> g)"},
        // functions, arguments, items
        row{"(f a) b", "f a b"},
        row{"f (a b)", "f (a b)"},
        row{"f (-1)", "f (-1)"},
        row{"[ (-1) (a b) (a.b) (x: x) (1) ]", "[ (-1) (a b) a.b (x: x) 1 ]"},
        row{"f (x: x)", "f (x: x)"},
        row{"(x: x) y", "(x: x) y"},
        row{"x: (y: (x))", "x: y: x"},
        row{"(x: x).y", "(x: x).y"},
        row{"(a b).c", "(a b).c"},
        row{"(a.b).c", "(a.b).c"},
        row{"(a).b.c", "a.b.c"},
        row{"a.b or (c.d)", "a.b or c.d"},
        row{"a.b or (c d)", "a.b or (c d)"},
        row{"(a.b or c) d", "a.b or c d"},
        row{"(a.b or c).d", "(a.b or c).d"},
        row{"a.b or (c.d or e)", "a.b or c.d or e"},
        row{"a + (if b then c else d)", "a + (if b then c else d)"},
        row{"a + (let b = 1; in b)", {}},
        row{"(with a; b) + c", "(with a; b) + c"},
        row{"if (a) then (b) else (if c then d else e)", "if a then b else if c then d else e"},
        row{"with (with a; b); (c)", "with with a; b; c"},
        row{"{ a ? (b: c), d ? (e) }: (f)", "{ a ? b: c, d ? e }: f"},
    });
}

TEST_CASE("tokens do not become another one") {
    check_rows({
        row{"1 .a", "1 .a"},
        row{"1. .a", "1. .a"},
        row{"(1).a", "1 .a"},
        row{"(-1).a", "(-1).a"},
        row{"-1 .a", "-1 .a"},
        row{"a / /*c*/ b", "a / b"},
        row{"a / ./b", "a / ./b"},
        row{"a /b", "a /b"},
        row{"(./a).b", "./a .b"},
        row{"(./a/${b}).c", "./a/${b} .c"},
        row{"(./a/${b}c) .d", "./a/${b}c .d"},
        row{"(<a>).b", "<a>.b"},
        row{"(http://a.b).c", "http://a.b .c"},
        row{"{ a ? http://b , c }: a", "{ a ? http://b , c }: a"},
        row{"{ a ? f http://b , c }: a", "{ a ? f http://b , c }: a"},
        row{"[ http://a.b ]", "[ http://a.b ]"},
        row{"{ a = http://b; }", "{ a = http://b; }"},
        row{"\"${http://b}\"", "\"${http://b}\""},
        row{"-(./a)", "- ./a"},
        row{"-(a/b)", "- a/b"},
        row{"-(/b)", "- /b"},
        row{"-(~/b)", "- ~/b"},
        row{"-(<b>)", "-<b>"},
        row{"-(.5)", "-.5"},
        row{"a - (-b)", "a - -b"},
        row{"a: b", "a: b"},
        row{"a.b - c", "a.b - c"},
        row{"a .b", "a.b"},
        row{"a .5", "a .5"},
        row{"00 .5", "00 .5"},
        row{"a < b", "a < b"},
        row{"(a < b) > c", "(a < b) > c"},
        row{"!(a == b)", "!(a == b)"},
        row{"{ } .a", "{ }.a"},
        row{"{}", "{ }"},
        row{"[]", "[ ]"},
        row{"{}: a", "{ }: a"},
        row{"a@{}: a", "a@{ }: a"},
        row{"{...}@a: a", "{ ... }@a: a"},
        row{"a @ { b, ... } : a", "a@{ b, ... }: a"},
        row{"__curPos", "__curPos"},
        row{"007", "007"},
        row{"let in a", "let\nin\na"},
        row{"let { body = 1; }", "let { body = 1; }"},
        row{"rec { }", "rec { }"},
        row{"{ inherit; inherit (a); inherit b \"c\" ${\"d\"}; }", {}},
        row{"{ ${a}.\"b\".\"${c}\".or = 1; }", "{ ${a}.\"b\".\"${c}\".or = 1; }"},
        // `or` is a name, a keyword and a variable
        row{"a.or", "a.or"},
        row{"a.or or b", "a.or or b"},
        row{"map or []", "map or [ ]"},
        row{"f (map or) []", "f map or [ ]"},
        row{"f (map or [])", "f (map or [ ])"},
        row{"(f a) or", "(f a) or"},
        row{"(a.b) or c", "(a.b) or c"},
        row{"a.b or (c or)", "a.b or c or"},
        row{"(a or).b", "(a or).b"},
        row{"[ a or b ]", "[ a or b ]"},
        row{"(./a) or", "./a or"},
        row{"a ? or", "a ? or"},
    });
}

TEST_CASE("strings keep their text") {
    for (auto const text : {
             "\"$\"",
             "\"$$\"",
             "\"\\${a}\"",
             "\"$${a}\"",
             "\"${a}$\"",
             "\"\\\"\\\\\\n\"",
             "''a''",
             "''''${a}''",
             "''$${a}''",
             "'''''''",
             "''''\\n''",
             "''a '$${b} ''$''",
             "\"${a + \"${b}\"}\"",
             "./a/${b}c",
             "~/a",
             "<a/b>",
             "http://a.b/?c=d,e",
             "\"a\nb\"",
         })
        CHECK(printed(text) == text);
}

TEST_CASE("indented strings move with what is around them") {
    CHECK(
        printed("{ a = ''\n        one\n          two ${b}\n\n        three\n      ''; c = 1; }") ==
        "{\n  a = ''\n    one\n      two ${b}\n\n    three\n  '';\n  c = 1;\n}");
    CHECK(printed("''one\n  two''") == "''\n  one\n    two''");
    CHECK(printed("''\n      ${a}\n    ${b}\n    ''") == "''\n    ${a}\n  ${b}\n''");
    CHECK(printed("''\n    ''") == "''\n''");
    CHECK(printed("''\n  a\n      \n  b\n''") == "''\n  a\n      \n  b\n''");
    // Nix strips blanks behind an escaped line break without counting them.
    CHECK(printed("[ ''\n      a''\\n    b\n'' ]") == "[\n  ''\n      a''\\n    b\n''\n]");
    printed("[ ''\r\n    a\r\n   b\r\n'' ]");
    printed("[ ''\n\ta\n\t\tb\n'' ]");
    printed("[ ''\n  ''$a\n   '''b\n  $''\n ]");
    printed("[ ''\n  a ${b} \n  '' ]");
    printed("[ ''\n  a ${b}\n  ${c}  '' ]");
    printed("[ ''  a\n    \n  '' ''  \n \n   \n'' ]");
}

TEST_CASE("the layout is nixfmt's, for what dynix writes") {
    CHECK(
        printed("{ lib, ... }: { config = lib.mkMerge [ { a.b = lib.mkOverride (-1) 4; } ]; }") ==
        "{ lib, ... }: { config = lib.mkMerge [ { a.b = lib.mkOverride (-1) 4; } ]; }");
    CHECK(
        printed("{ config, lib, ... }: let cfg = config.a; in { options.a = { b = 1; c = { }; }; "
                "config = lib.mkIf cfg.enable { d = [ 1 2 ]; e = { f = 1; }; }; }") ==
        "{ config, lib, ... }:\n"
        "let\n"
        "  cfg = config.a;\n"
        "in\n"
        "{\n"
        "  options.a = {\n"
        "    b = 1;\n"
        "    c = { };\n"
        "  };\n"
        "  config = lib.mkIf cfg.enable {\n"
        "    d = [ 1 2 ];\n"
        "    e = {\n"
        "      f = 1;\n"
        "    };\n"
        "  };\n"
        "}");
    std::string const word(30, 'w');
    CHECK(
        printed("[ " + word + " " + word + " " + word + " " + word + " ]") ==
        "[\n  " + word + "\n  " + word + "\n  " + word + "\n  " + word + "\n]");
    CHECK(
        printed("a: " + word + " + " + word + " + " + word + " + " + word) ==
        "a:\n  " + word + "\n    + " + word + "\n    + " + word + "\n    + " + word);
    CHECK(
        printed("{ a = if " + word + " then " + word + " else if b then " + word + " else c; }") ==
        "{\n  a =\n    if " + word + " then\n      " + word + "\n    else if b then\n      " +
            word + "\n    else\n      c;\n}");
    CHECK(
        printed("{ " + word + ", a ? " + word + ", b ? " + word + word + " }: a") ==
        "{\n  " + word + ",\n  a ? " + word + ",\n  b ? " + word + word + ",\n}:\na");
    CHECK(
        printed("{ inherit (x) a" + word + " b" + word + " c" + word + " d; }") ==
        "{\n  inherit (x)\n    a" + word + "\n    b" + word + "\n    c" + word +
            "\n    d\n    ;\n}");
    CHECK(
        printed("{ a ? " + word + word + word + ", b ? http://c }: a") ==
        "{\n  a ? " + word + word + word + ",\n  b ? http://c ,\n}:\na");
    CHECK(printed("f a (x: { b = x; c = 1; })") == "f a (x: {\n  b = x;\n  c = 1;\n})");
}

TEST_CASE("parts are printed alone") {
    auto const whole = parsed("{ a.b = (1); inherit c; d = e: { f ? 1 }: (f) + 2; }");
    auto const items = whole.root().children();
    CHECK(print(items[0]) == "a.b = 1;");
    CHECK(print(items[1]) == "inherit c;");
    CHECK(print(as_binding(items[2]).value.unwrapped()) == "e: { f ? 1 }: f + 2");
    auto const function = as_lambda(as_lambda(as_binding(items[2]).value).body);
    CHECK(print(function.formals) == "{ f ? 1 }");
    CHECK(print(function.body) == "f + 2");
}

TEST_CASE("deep trees are printed without deep recursion, in text of linear size") {
    for (auto const& [before, inner, after] : {
             nested_row{"[", "", "]"},
             nested_row{"{a=", "1", ";}"},
             nested_row{"(a (", "b", "))"},
             nested_row{"a: ", "a", ""},
             nested_row{"{a}: ", "a", ""},
             nested_row{"a ++ ", "a", ""},
             nested_row{"", "a", " + a"},
             nested_row{"!", "a", ""},
             nested_row{"\"${", "a", "}\""},
             nested_row{"with a; ", "a", ""},
             nested_row{"if a then b else ", "a", ""},
             nested_row{"let a=1; in ", "a", ""},
             nested_row{"x.a or ", "a", ""},
         }) {
        auto const levels = deepest_nesting / 2 - 10;
        auto const text = repeated(before, levels) + std::string(inner) + repeated(after, levels);
        CAPTURE(text.substr(0, 40));
        auto const tree = parse(text, "test");
        REQUIRE(tree);
        auto const out = print(*tree);
        CHECK(out.size() < 300 * levels);
        auto const again = parse(out, "test");
        REQUIRE(again);
        CHECK(print(*again) == out);
        CHECK(normal_form(*again) == normal_form(*tree));
    }
}
