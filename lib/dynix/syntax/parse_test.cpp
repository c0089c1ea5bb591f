#include "dynix/syntax/parse.hpp"

#include "dynix/test.hpp"

#include <string>

using namespace dynix;
using namespace dynix::syntax;

namespace {

// The tree as text: (kind child child) with the words of the source at the leaves.
void show(node of, std::string& into) {
    if (of.children().empty()) {
        into += of.text();
        return;
    }
    into += '(';
    into += of.kind() == node_kind::binary ? spelling(as_binary(of).which) : describe(of.kind());
    for (auto const child : of.children()) {
        into += ' ';
        show(child, into);
    }
    into += ')';
}

std::string shown(std::string text) {
    CAPTURE(text);
    auto const parsed = parse(text, "test");
    REQUIRE(parsed);
    std::string into;
    show(parsed->root(), into);
    return into;
}

} // namespace

TEST_CASE("operators bind and group by the table") {
    struct row {
        std::string_view text;
        std::string_view tree;
    };
    for (auto const& [text, tree] : {
             row{"a + b * c", "(+ a (* b c))"},
             row{"a - b - c", "(- (- a b) c)"},
             row{"a // b // c", "(// a (// b c))"},
             row{"a ++ b ++ c", "(++ a (++ b c))"},
             row{"a -> b -> c", "(-> a (-> b c))"},
             row{"a && b || c && d", "(|| (&& a b) (&& c d))"},
             row{"a == b && c != d", "(&& (== a b) (!= c d))"},
             row{"a < b == c", "(== (< a b) c)"},
             row{"!a + b", "(logical negation (+ a b))"},
             row{"a * !b + c == d", "(== (* a (logical negation (+ b c))) d)"},
             row{"-a * b", "(* (negation a) b)"},
             row{"-a ? b", "(attribute test (negation a) b)"},
             row{"!a ? b.c", "(logical negation (attribute test a b c))"},
             row{"a ++ b ? c", "(++ a (attribute test b c))"},
             row{"- - a", "(negation (negation a))"},
             row{"f a -b", "(- (function application f a) b)"},
             row{"f a -b/c", "(function application f a -b/c)"},
             row{"a |> f |> g", "(|> (|> a f) g)"},
             row{"g <| f <| a", "(<| g (<| f a))"},
             row{"a -> b |> c", "(|> (-> a b) c)"},
             row{"a //b", "(// a b)"},
             row{"a / b", "(/ a b)"},
             row{"1+2/3", "1+2/3"},
         })
        CHECK(shown(std::string(text)) == tree);
}

TEST_CASE("pipes are refused where they are to be") {
    for (std::string_view const text : {"1 |> 2", "{ a = 1 <| 2; }"}) {
        CHECK(parse(std::string(text), "test"));
        auto const refused = parse(std::string(text), "test", {.pipe_operators = false});
        REQUIRE(!refused);
        CHECK(refused.error().message == "pipe operators are an experimental feature of Nix");
        CHECK(refused.error().hint.ends_with("'pipe-operators'"));
    }
}

TEST_CASE("pipes of both directions need parentheses") {
    for (auto const* const text : {"a |> f <| b", "f <| a |> g", "a |> f |> g <| b"}) {
        CAPTURE(text);
        auto const refused = parse(text, "test");
        REQUIRE(!refused);
        CHECK(refused.error().message == "'|>' and '<|' cannot be mixed without parentheses");
    }
    CHECK(parse("(a |> f) <| b", "test"));
    CHECK(parse("[ (a |> f) ] |> g", "test"));
}

TEST_CASE("tokens are cut as flex cuts them") {
    struct row {
        std::string_view text;
        std::string_view tree;
    };
    for (auto const& [text, tree] : {
             row{"x:x", "x:x"},
             row{"x: x", "(function x x)"},
             row{"a_b:c", "(function a_b c)"},
             row{"if-x", "if-x"},
             row{"a'/b", "(function application a' /b)"},
             row{"a.b", "(attribute selection a b)"},
             row{"a .b", "(attribute selection a b)"},
             row{"a.5", "(function application a .5)"},
             row{"a ./b", "(function application a ./b)"},
             row{"a.b/c", "a.b/c"},
             row{"[ 1. .5 00.5 1.e3 ]", "(list 1. .5 00 .5 1.e3)"},
             row{"a <b> c", "(function application a <b> c)"},
             row{"a<b", "(< a b)"},
             row{"a or b", "(function application (function application a or) b)"},
             row{"a.b or c.d or e f",
                 "(function application (attribute selection a b (attribute selection c d e)) f)"},
             row{"a.or", "(attribute selection a or)"},
             row{"{ or = 1; }", "(attribute set (binding or 1))"},
             row{"~/a/${b}c/d", "(path ~/a/ (interpolation b) c/d)"},
             row{"a/b/${c}.${d}", "(path a/b/ (interpolation c) . (interpolation d))"},
             row{"\"$${a}$\\${b}${c}$\"", "(string $${a}$\\${b} (interpolation c) $)"},
             row{"''$${a} ''${b} ${c} ''\\${d} '$''", "(indented string $${a} ''${b}  "
                                                      "(interpolation c)  ''\\${d} '$)"},
             row{"a/* b */.c # d", "(attribute selection a c)"},
             row{"let x = 1; in x", "(let (binding x 1) x)"},
             row{"let { body = 1; }.a", "(attribute selection (legacy let (binding body 1)) a)"},
             row{"{ a, b ? 1, ... }@c: a", "(function (arguments a (argument b 1)) c a)"},
             row{"c@{ }: a", "(function c { } a)"},
             row{"{ }: a", "(function { } a)"},
             row{"{ inherit; inherit a \"b\"; inherit (c) d; }",
                 "(attribute set inherit; (inherit a \"b\") (inherit c d))"},
             row{"assert a; with b; if c then d else e", "(assertion a (with b (if c d e)))"},
         })
        CHECK(shown(std::string(text)) == tree);
}

TEST_CASE("parts are reached by name") {
    auto const parsed =
        parse("args@{ a ? 1, ... }: let b.\"c\" = a.d or e; inherit (f) g; in b ? c.y", "test");
    REQUIRE(parsed);
    auto const function = as_lambda(parsed->root());
    CHECK(function.argument.text() == "args");
    auto const formals = as_formals(function.formals);
    CHECK(formals.ellipsis);
    REQUIRE(formals.items.size() == 1);
    CHECK(as_formal(formals.items[0]).fallback.text() == "1");
    auto const let = as_let(function.body);
    REQUIRE(let.bindings.size() == 2);
    auto const binding = as_binding(let.bindings[0]);
    CHECK(binding.path.size() == 2);
    CHECK(*static_name(binding.path[1]) == "c");
    auto const select = as_select(binding.value);
    CHECK(select.subject.text() == "a");
    CHECK(select.fallback.text() == "e");
    CHECK(as_inherit(let.bindings[1]).source.text() == "f");
    CHECK(let.body.kind() == node_kind::has_attribute);
}

TEST_CASE("every node knows its place, and comments are kept") {
    std::string const text = "# one\n{ /* two */ a = ( 1 /*three*/ ) ; } # four";
    auto const parsed = parse(text, "test");
    REQUIRE(parsed);
    CHECK(parsed->root().text() == "{ /* two */ a = ( 1 /*three*/ ) ; }");
    auto const binding = parsed->root().child(0);
    CHECK(binding.text() == "a = ( 1 /*three*/ ) ;");
    CHECK(as_binding(binding).value.text() == "( 1 /*three*/ )");
    REQUIRE(parsed->comments().size() == 4);
    CHECK(parsed->text_of(parsed->comments()[0]) == "# one");
    CHECK(parsed->text_of(parsed->comments()[2]) == "/*three*/");
    CHECK(parsed->text_of(parsed->comments()[3]) == "# four");
}

TEST_CASE("a comment that is looked over on the way is recorded once") {
    for (std::string const text :
         {"{ /* a */ }", "{ /* a */ b }: c", "{ /* a */ } : c", "x /* a */ : y", "x /* a */ y",
          "{ inherit /* a */ x; }", "{ inherit /* a */ (x) y; }", "let /* a */ { }"}) {
        CAPTURE(text);
        auto const parsed = parse(text, "test");
        REQUIRE(parsed);
        CHECK(parsed->comments().size() == 1);
    }
}

TEST_CASE("a tree stays valid when it moves") {
    auto parsed = parse("[ a ]", "test");
    REQUIRE(parsed);
    auto const item = parsed->root().child(0);
    tree const moved = std::move(*parsed);
    CHECK(item.text() == "a");
    CHECK(moved.root().child(0) == item);
}
