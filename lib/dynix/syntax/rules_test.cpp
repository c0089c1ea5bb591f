// One text for every rule of Nix's lexer and for every check of its parser, with what Nix 2.26.3
// itself prints for it, or null where it refuses the text.
#include "dynix/syntax/normal_form.hpp"
#include "dynix/syntax/parse.hpp"

#include "dynix/test.hpp"

#include <string>

using namespace dynix;
using namespace dynix::syntax;

namespace {

struct row {
    std::string_view text;
    char const* form;
};

constexpr row rows[] = {

    // operators of comparison
    {"with { }; a <= b", "(with { }; (! (__lessThan b a)))"},
    {"with { }; a >= b", "(with { }; (! (__lessThan a b)))"},
    {"with { }; a > b", "(with { }; (__lessThan b a))"},

    // numbers
    {"with { }; [ 1.e ]", "(with { }; [ (1) (e) ])"},
    {"[ 1.5E+3 1.5e-3 0.5 0.e1 1.e3 ]", "[ (1500) (0.0015) (0.5) ((0).e1) (1000) ]"},
    {"1.0e-400", nullptr},
    {"1.0e-310", nullptr},
    {"1.0e308", "1e+308"},
    {"9223372036854775807", "9223372036854775807"},
    {"9223372036854775808", nullptr},
    {"0009223372036854775808", nullptr},

    // strings
    {"\"a\\n\\r\\t\\q\\\"\\\\\"", "\"a\\n\\r\\tq\\\"\\\\\""},
    {"\"a\rb\r\nc\r\"", "\"a\\nb\\nc\\n\""},
    {"\"a$\"", "\"a$\""},
    {"\"$\"", "\"$\""},
    {"\"$$\"", "\"$$\""},
    {"with { }; \"$$${a}\"", "(with { }; (\"$$\" + a))"},
    {"\"\\${a}\"", "\"\\${a}\""},
    {"\"$\\${a}\"", "\"$\\${a}\""},
    {"\"$\\\"\"", "\"$\\\"\""},
    {"\"a\\", nullptr},
    {"\"a$", nullptr},
    {"\"a$\\", nullptr},

    // indented strings
    {"''  \n  a\n   b\n  ''", "\"a\\n b\\n\""},
    {"''\n''", "\"\""},
    {"''   ''", "\"\""},
    {"'' \n\n  a''", "\"\\na\""},
    {"''a''$b''", "(\"a\" + \"$\" + \"b\")"},
    {"''a'''b''", "(\"a\" + \"''\" + \"b\")"},
    {"''a''\\nb''", "(\"a\" + \"\\n\" + \"b\")"},
    {"''a''\\${a}''", "(\"a\" + \"$\" + \"{a}\")"},
    {"''$''", "\"$\""},
    {"''$$''", "\"$$\""},
    {"''$${a}''", "\"$\\${a}\""},
    {"''a'b''", "\"a'b\""},
    {"''a'$b''", "(\"a\" + \"'\" + \"$b\")"},
    {"with { }; ''a'${b}''", "(with { }; (\"a\" + \"'\" + b))"},
    {"''''$''", "\"$\""},
    {"''\ta\n  b''", "\"\\ta\\n  b\""},
    {"with { }; ''\n  ${a}\n    b\n''", "(with { }; (a + \"\\n  b\\n\"))"},
    {"with { }; ''  ${a}b\n ''", "(with { }; (a + \"b\\n\"))"},
    {"''a\r\n  b\r\n''", "\"a\\r\\n  b\\r\\n\""},
    {"''a", nullptr},
    {"''a'", nullptr},

    // paths and search paths
    {"./a/", nullptr},
    {"./a/${b}/", nullptr},
    {"with { }; ./a/${b}", "(with { }; (/base/a/ + b))"},
    {"with { }; ./${a}", "(with { }; (/base/ + a))"},
    {"with { }; ~/${a}", "(with { }; (/home/of/ + a))"},
    {"~/a/", nullptr},
    {"~/", nullptr},
    {"~", nullptr},
    {"<a/b>", "(__findFile __nixPath \"a/b\")"},
    {"<a/>", nullptr},
    {"<a/b", nullptr},
    {"<a.b-c_d+e>", "(__findFile __nixPath \"a.b-c_d+e\")"},

    // URIs
    {"a:b", "\"a:b\""},
    {"with { }; a: b", "(with { }; (a: b))"},
    {"a+b:c", "\"a+b:c\""},
    {"a-b:c", "\"a-b:c\""},
    {"x:%", "\"x:%\""},
    {"http://a?b=c&d'", "\"http://a?b=c&d'\""},

    // comments
    {"/**/1", "1"},
    {"/***/1", "1"},
    {"/** a */ a: a", "(a: a)"},
    {"/* * / */1", "1"},
    {"/* a", nullptr},
    {"1 /*/ 2", nullptr},
    {"# a", nullptr},
    {"#a\n1", "1"},
    {"1 # a\r2", "(1 2)"},
    {"1#\r\n", "1"},

    // functions
    {"...", nullptr},
    {"a...b", nullptr},
    {"{...}: 1", "({ ... }: 1)"},
    {"{a, ...}: 1", "({ a, ... }: 1)"},
    {"{..., a}: 1", nullptr},
    {"a@b", nullptr},
    {"a@{b}: b", "({ b } @ a: b)"},
    {"{b}@a: b", "({ b } @ a: b)"},
    {"with { }; a:b: c", "(with { }; (\"a:b:\" c))"},
    {"{a}@b:c", nullptr},

    // attribute paths, and the word or
    {"$", nullptr},
    {"${a}", nullptr},
    {"with { }; a.${b}", "(with { }; (a).\"${b}\")"},
    {"with { }; a.\"b\"", "(with { }; (a).b)"},
    {"with { }; a.\"${b}\"", "(with { }; (a).\"${(b)}\")"},
    {"a.''b''", nullptr},
    {"with { }; a.or", "(with { }; (a).or)"},
    {"with { }; a or", "(with { }; (a or))"},
    {"a.b or", nullptr},
    {"a or or", nullptr},
    {"with { }; a.b or c d", "(with { }; ((a).b or (c) d))"},
    {"let or = 1; in or", nullptr},
    {"{ or = 1; or2 = 2; }", "{ or = 1; or2 = 2; }"},

    // sets in pieces, and what is defined twice
    {"let inherit; in 1", "(let in 1)"},
    {"let inherit (1); in 1", "(let in 1)"},
    {"{ a.b.c = 1; a.b.d = 2; a = {}; }", "{ a = { b = { c = 1; d = 2; }; }; }"},
    {"{ a = 1; a.b = 2; }", nullptr},
    {"{ a.b = 1; a = 2; }", nullptr},
    {"{ a = {}; a = {}; a.x.y = {}; a.x = { z = 1; }; }", "{ a = { x = { y = { }; z = 1; }; }; }"},
    {"{ a = { x = 1; }; a.x = 2; }", nullptr},
    {"{ inherit ({}) a; a = 1; }", nullptr},
    {"{ inherit ({}) a a; }", nullptr},
    {"{ ${\"a\"} = 1; a = 2; }", nullptr},
    {"{ \"a\" = 1; a = 2; }", nullptr},
    {"{ ${''a''} = 1; a = 2; }", nullptr},
    {"{ ''a'' = 1; }", nullptr},
    {"{ ${null} = 1; ${null} = 2; }", "{ \"${null}\" = 1; \"${null}\" = 2; }"},
    {"let ${\"a\"} = 1; in a", "(let a = 1; in a)"},
    {"let ${null} = 1; in 1", nullptr},
    {"let a.${null} = 1; in a", "(let a = { \"${null}\" = 1; }; in a)"},
    {"let a = {}; a = { ${null} = 1; }; in a", "(let a = { \"${null}\" = 1; }; in a)"},
    {"{ inherit ({}) ${\"a\"} \"b\" ; }", "{ inherit ({ }) a b; }"},
    {"{ inherit ({}) ${null}; }", nullptr},
    {"{ inherit ({}) \"${null}\"; }", nullptr},
    {"{a, a}: 1", nullptr},
    {"a@{a}: 1", nullptr},
    {"{a}@a: 1", nullptr},
    {"{a ? 1, b, a}: 1", nullptr},
    {"let { a = 1; }", "(rec { a = 1; }).body"},
    {"let { body = 1; }.x", "((rec { body = 1; }).body).x"},
    {"let { body = 1; a.${null} = 2;}", "(rec { a = { \"${null}\" = 2; }; body = 1; }).body"},
    {"let { ${null} = 2;}", "(rec { \"${null}\" = 2; }).body"},

    // operations
    {"!a: a", nullptr},
    {"- -1", "(__sub 0 (__sub 0 1))"},
    {"!!true", "(! (! true))"},
    {"a: !a ? b", "(a: (! ((a) ? b)))"},
    {"a: a ? b ? c", "(a: ((((a) ? b)) ? c))"},
    {"a: a ? b.c or 1", nullptr},
    {"1 == 2 == 3", nullptr},
    {"1 < 2 < 3", nullptr},
    {"1 == 2 < 3", "(1 == (__lessThan 2 3))"},
    {"1 + 2 - 3 * 4 / 5", "(__sub (1 + 2) (__div (__mul 3 4) 5))"},
    {"a: a -> a -> a", "(a: (a -> (a -> a)))"},
    {"1 |> 2 |> 3", "(3 (2 1))"},
    {"1 <| 2 <| 3", "(1 (2 3))"},
    {"1 |> 2 <| 3", nullptr},
    {"if true then 1 else 2 + 3", "(if true then 1 else (2 + 3))"},
    {"true && if true then true else false", nullptr},
    {"!if true then true else false", nullptr},
    {"assert true; 1", "assert true; 1"},
    {"1 + assert true; 1", nullptr},
    {"with {}; a", "(with { }; a)"},

    // blanks, and what begins no token
    {"\0141", nullptr},
    {"\0131", nullptr},
    {"1\302\240", nullptr},
    {"\357\273\2771", nullptr},
    {"@", nullptr},
    {"\\", nullptr},
    {"`", nullptr},
    {"%", nullptr},
    {"^", nullptr},
    {"&", nullptr},
    {"|", nullptr},
    {"~a", nullptr},
    {"1 = 2", nullptr},

    // words and lists
    {"[ 1 (2) -3 ]", nullptr},
    {"[ -3 ]", nullptr},
    {"[ a: a ]", nullptr},
    {"[ 1 2 ].x", "([ (1) (2) ]).x"},
    {"rec{}", "rec { }"},
    {"rec {a=1;}.a", "(rec { a = 1; }).a"},
    {"recx: recx", "(recx: recx)"},
    {"{}.a or 1", "({ }).a or (1)"},
    {"({}).a or 2", "({ }).a or (2)"},
    {"(1", nullptr},
    {"1)", nullptr},
    {"", nullptr},
    {"   ", nullptr},
    {" # only a comment", nullptr},

    // dots, slashes and minuses
    {"with { }; a.1", "(with { }; (a 0.1))"},
    {"with { }; a . b", "(with { }; (a).b)"},
    {"with { }; a.b.c", "(with { }; (a).b.c)"},
    {"\"\".a", "(\"\").a"},
    {"./a.b", "/base/a.b"},
    {"with { }; 1.a", "(with { }; (1 a))"},
    {"1 .a", "(1).a"},
    {"0.a", "(0).a"},
    {"00.a", "(0).a"},
    {"with { }; a.0.b", "(with { }; (a (0).b))"},
    {"1.2.3", "(1.2 0.3)"},
    {"1..2", "(1 0.2)"},
    {"a/b/c.d", "/base/a/b/c.d"},
    {"with { }; a/ b", "(with { }; (__div a b))"},
    {"with { }; a /b", "(with { }; (a /b))"},
    {"with { }; a / b", "(with { }; (__div a b))"},
    {"with { }; a//b", "(with { }; (a // b))"},
    {"with { }; a //b", "(with { }; (a // b))"},
    {"with { }; a// b", "(with { }; (a // b))"},
    {"//a", nullptr},
    {"/", nullptr},
    {"/a/", nullptr},
    {"with { }; a->b", "(with { }; (__lessThan b a-))"},
    {"with { }; a-b", "(with { }; a-b)"},
    {"with { }; a -b", "(with { }; (__sub a b))"},
    {"with { }; a- b", "(with { }; (a- b))"},
    {"with { }; a-1", "(with { }; a-1)"},
    {"1-1", "(__sub 1 1)"},
    {"1 -1", "(__sub 1 1)"},
    {"with { }; a+b", "(with { }; (a + b))"},
    {"a+/b", "/base/a+/b"},
    {"+1", nullptr},
};

} // namespace

TEST_CASE("the rules are those of Nix") {
    for (auto const& one : rows) {
        INFO(std::string(one.text));
        auto const parsed = parse(std::string(one.text), "test", {.undefined_variables = true});
        REQUIRE(parsed.has_value() == (one.form != nullptr));
        if (parsed)
            CHECK(normal_form(*parsed, {"/base", "/home/of"}) == one.form);
    }
}
