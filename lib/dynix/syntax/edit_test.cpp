#include "dynix/syntax/edit.hpp"

#include "dynix/syntax/attribute_path.hpp"
#include "dynix/syntax/parse.hpp"
#include "dynix/test.hpp"

#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

using namespace dynix;
using namespace dynix::syntax;

namespace {

enum class verb { insert, replace, remove };

struct change {
    std::string_view before;
    std::string_view path;
    std::string_view value;
    std::string_view after;
};

result<edited_text>
apply(verb which, tree const& in, std::vector<std::string> const& path, std::string_view value) {
    switch (which) {
    case verb::insert:
        return insert(in, path, value);
    case verb::replace:
        return replace(in, path, value);
    case verb::remove:
        break;
    }
    return remove(in, path);
}

result<edited_text>
change_text(verb which, std::string_view text, std::string_view path, std::string_view value) {
    auto const in = parse(std::string(text), "test.nix");
    REQUIRE(in);
    auto const names = parse_attribute_path(path, "path");
    REQUIRE(names);
    return apply(which, *in, *names, value);
}

void check_changes(verb which, std::vector<change> const& changes) {
    for (auto const& one : changes) {
        CAPTURE(one.before); // clang 14 captures no structured binding
        CAPTURE(one.path);
        auto const& [before, path, value, after] = one;
        auto const changed = change_text(which, before, path, value);
        REQUIRE(changed);
        CHECK(changed->text == after);
        // What the ranges say is what happened.
        auto const [from, to] = changed->replaced;
        auto const inserted =
            std::string_view(changed->text)
                .substr(changed->inserted.begin, changed->inserted.end - changed->inserted.begin);
        CHECK(
            std::string(before.substr(0, from)).append(inserted).append(before.substr(to)) ==
            changed->text);
    }
}

void check_refusal(
    verb which, std::string_view text, std::string_view path, std::string_view value,
    std::string_view rendered) {
    CAPTURE(text);
    auto const changed = change_text(which, text, path, value);
    REQUIRE(!changed);
    CHECK(render(changed.error()) == rendered);
}

} // namespace

TEST_CASE("a value is replaced, and nothing else") {
    check_changes(
        verb::replace,
        {
            {"{ a = 1; b = 2; }", "a", "3", "{ a = 3; b = 2; }"},
            {"{a=1;}", "a", "{ b = [ ]; }", "{a={ b = [ ]; };}"},
            {"{ a.b.c = /* old */ 1 /* kept */ ; }", "a.b.c", "2",
             "{ a.b.c = /* old */ 2 /* kept */ ; }"},
            {"{ a = { b.c = { d = 1; }; }; }", "a.b.c.d", "2", "{ a = { b.c = { d = 2; }; }; }"},
            {"{ \"a.b\".\"c\" = 1; }", "\"a.b\".c", "2", "{ \"a.b\".\"c\" = 2; }"},
            {"{ ${\"a\"} = 1; }", "a", "2", "{ ${\"a\"} = 2; }"},
            {"{ a.b = 1; a.c = 2; a.d.e = 3; }", "a.d.e", "4", "{ a.b = 1; a.c = 2; a.d.e = 4; }"},
            {"{ a.b = 1; a = { c = 2; }; }", "a.c", "3", "{ a.b = 1; a = { c = 3; }; }"},
            {"{ lib, ... }: let a = 0; in with lib; assert true; (rec { a = 1; })", "a", "2",
             "{ lib, ... }: let a = 0; in with lib; assert true; (rec { a = 2; })"},
            {"{ a = x: let c = 1; in { b = c; }; }", "a.b", "2",
             "{ a = x: let c = 1; in { b = 2; }; }"},
            {"{ ${x} = 1; a = 2; \"${y}\".b = 3; }", "a", "4",
             "{ ${x} = 1; a = 4; \"${y}\".b = 3; }"},
            {"{ or = 1; }", "or", "2", "{ or = 2; }"},
            {"{ a = 1; }", "a", "# why\n 2 # because", "{ a = 2; }"},
            {"{\n  a = {\n    b = 1;\n  };\n}\n", "a.b", "[\n  1\n\n  2\n]",
             "{\n  a = {\n    b = [\n      1\n\n      2\n    ];\n  };\n}\n"},
            {"y: {\n  a = 1;\n}", "a", "''\n  x\n  ${y\n  }\n''",
             "y: {\n  a = ''\n    x\n    ${y\n    }\n  '';\n}"},
            {"{\n  a = 1;\n}", "a", "[ ''x\n  y'' \"a\nb\"\n]",
             "{\n  a = [ ''x\n  y'' \"a\nb\"\n  ];\n}"},
            {"{ a = 1; }", "a", "http://a.b/c", "{ a = http://a.b/c; }"},
        });
}

TEST_CASE("a binding is inserted where its relatives are, and looks like them") {
    check_changes(
        verb::insert,
        {
            {"{ }", "a", "1", "{ a = 1; }"},
            {"{}", "a.b", "1", "{ a.b = 1; }"},
            {"{ /* c */ }", "a", "1", "{ /* c */ a = 1; }"},
            {"{\n  # nothing yet\n}\n", "a", "1", "{\n  # nothing yet\n  a = 1;\n}\n"},
            {"{ # nothing yet\n}\n", "a", "1", "{ # nothing yet\n  a = 1;\n}\n"},
            {"{ a = 1; }", "b", "2", "{ a = 1; b = 2; }"},
            {"{a=1;}", "b", "2", "{a=1; b = 2;}"},
            {"{ a = 1; # one\n}", "b", "2", "{ a = 1; b = 2; # one\n}"},
            {"{\n  a = 1; # one\n  c = 3;\n}", "d", "4",
             "{\n  a = 1; # one\n  c = 3;\n  d = 4;\n}"},
            {"{\n  a.b = 1; # one\n  c = 3;\n}", "a.c", "4",
             "{\n  a.b = 1; # one\n  a.c = 4;\n  c = 3;\n}"},
            {"{\n  a.b = 1; /* one\n  two */ # three\n  c = 3;\n}", "a.c", "4",
             "{\n  a.b = 1; /* one\n  two */ # three\n  a.c = 4;\n  c = 3;\n}"},
            {"{\n  a.b = 1; /* of c */ c = 3;\n}", "a.c", "4",
             "{\n  a.b = 1;\n  a.c = 4; /* of c */ c = 3;\n}"},
            {"{\n  a = 1; }", "b", "2", "{\n  a = 1;\n  b = 2; }"},
            {"{\n\ta = {\n\t\tb = 1;\n\t};\n}", "a.c", "2",
             "{\n\ta = {\n\t\tb = 1;\n\t\tc = 2;\n\t};\n}"},
            {"{\r\n  a = 1;\r\n}\r\n", "b", "2", "{\r\n  a = 1;\r\n  b = 2;\r\n}\r\n"},
            {"{ a = { b = { }; }; }", "a.b.c.d", "1", "{ a = { b = { c.d = 1; }; }; }"},
            {"{\n  services.a.x = 1;\n  services.a.y = 2;\n  z = 3;\n}", "services.a.b", "4",
             "{\n  services.a.x = 1;\n  services.a.y = 2;\n  services.a.b = 4;\n  z = 3;\n}"},
            {"{ inherit a; }", "b", "1", "{ inherit a; b = 1; }"},
            {"{ a = 1; }", "\"if\".\"x.y\".\"\\${z}\"", "1",
             "{ a = 1; \"if\".\"x.y\".\"\\${z}\" = 1; }"},
            {"{ pkgs, ... }:\n{\n  a = [\n    1\n  ];\n}", "b", "{\n  c = 1;\n}",
             "{ pkgs, ... }:\n{\n  a = [\n    1\n  ];\n  b = {\n    c = 1;\n  };\n}"},
            {"{ a.b = 1; a = { }; }", "a.c", "2", "{ a.b = 1; a = { c = 2; }; }"},
            {"{ a.b = 1; a = rec { d = 1; }; }", "a.c", "2",
             "{ a.b = 1; a = rec { d = 1; c = 2; }; }"},
        });
}

TEST_CASE("a value is written as its place is, as far as no string changes") {
    check_changes(
        verb::insert,
        {
            {"{\n\ta = 1;\n}", "b", "[\n  1\n]", "{\n\ta = 1;\n\tb = [\n\t  1\n\t];\n}"},
            // Nix strips spaces alone.
            {"{\n\ta = 1;\n}", "b", "''\n  x\n  y\n''", "{\n\ta = 1;\n\tb = ''\n  x\n  y\n'';\n}"},
            {"{\n \ta = 1;\n}", "b", "''\n  x\n''", "{\n \ta = 1;\n \tb = ''\n  x\n'';\n}"},
            {"{\n\ta = {\n\t};\n}", "a.b", "1", "{\n\ta = {\n\t\tb = 1;\n\t};\n}"},
            {"{\n\ta = 1;\n\tb = { };\n}", "b.c", "[\n1\n]",
             "{\n\ta = 1;\n\tb = { c = [\n\t1\n\t]; };\n}"},
            // Line ends, which in quoted strings are all "\n" to Nix, but for those behind a
            // backslash.
            {"{\r\n  a = 1;\r\n}\r\n", "b", "[\n  1\n\n]",
             "{\r\n  a = 1;\r\n  b = [\r\n    1\r\n\r\n  ];\r\n}\r\n"},
            {"{\r\n  a = 1;\r\n}\r\n", "b", "\"x\n\\\ny\"",
             "{\r\n  a = 1;\r\n  b = \"x\r\n\\\ny\";\r\n}\r\n"},
            {"{\n  a = 1;\n}\n", "b", "[\r\n  \"x\r\ny\"\r\n]",
             "{\n  a = 1;\n  b = [\n    \"x\ny\"\n  ];\n}\n"},
            {"{\r\n}", "a", "[\n]", "{\r\n  a = [\r\n  ];\r\n}"},
            {"{\r\n  a = 1;\n  b = 2;\r\n}", "a0", "[\n]",
             "{\r\n  a = 1;\n  b = 2;\r\n  a0 = [\r\n  ];\r\n}"},
            // In an indented string Nix sees each of their bytes.
            {"{\r\n  a = 1;\r\n}\r\n", "b", "''\n  x\n''",
             "{\r\n  a = 1;\r\n  b = ''\n    x\n  '';\r\n}\r\n"},
            {"{\n  a = 1;\n}\n", "b", "''\r\n  x\r\n''",
             "{\n  a = 1;\n  b = ''\r\n  x\r\n'';\n}\n"},
            {"{\n  a = 1;\n}\n", "b", "''\n  x\r\n  y\n''",
             "{\n  a = 1;\n  b = ''\n  x\r\n  y\n'';\n}\n"},
        });
}

TEST_CASE("names of a recursive set that are not used elsewhere come and go") {
    check_changes(
        verb::remove,
        {
            {"rec { a = 1; b = { a }: a; c = a: a; d = a@{ ... }: a; }", "a", "",
             "rec { b = { a }: a; c = a: a; d = a@{ ... }: a; }"},
            {"rec { a = 1; b = let a = 2; in a; c = rec { a = 1; d = a; }; e = { a = 1; }.a; }",
             "a", "", "rec { b = let a = 2; in a; c = rec { a = 1; d = a; }; e = { a = 1; }.a; }"},
            {"a: rec { a = 1; inherit (x) b; x = 2; }", "a", "",
             "a: rec { inherit (x) b; x = 2; }"},
            {"rec { a = n: a n; }", "a", "", "rec { }"},
            {"rec { a.b = 1; a.c = 2; d = a.c; e = a.b or 1; f = a ? b; }", "a.b", "",
             "rec { a.c = 2; d = a.c; e = a.b or 1; f = a ? b; }"},
            {"rec { a = { b = 1; }; c = a; }", "a.b", "", "rec { a = { }; c = a; }"},
            {"{ a = 1; b = c: { inherit c; }; }", "a", "", "{ b = c: { inherit c; }; }"},
        });
    check_changes(
        verb::insert,
        {
            {"rec { a = b: b; }", "b", "1", "rec { a = b: b; b = 1; }"},
            {"b: rec { a.b = 1; c = a; }", "a.c", "1", "b: rec { a.b = 1; a.c = 1; c = a; }"},
            {"b: { a = b; }", "b", "1", "b: { a = b; b = 1; }"},
        });
}

TEST_CASE("an edit that would change more than it says is refused") {
    struct {
        verb which;
        std::string_view text, path, value, place, message;
    } const table[] = {
        {verb::remove, "rec { a = 1; b = a; }", "a", "", "1:18",
         "attribute 'a' is still used here"},
        {verb::remove, "a: rec { a = 1; b = a; }", "a", "", "1:21",
         "attribute 'a' is still used here"},
        {verb::remove, "with { }; rec { a = 1; b = x: with x; a; }", "a", "", "1:39",
         "attribute 'a' is still used here"},
        {verb::remove, "rec { a = 1; b = { inherit a; }; }", "a", "", "1:28",
         "attribute 'a' is still used here"},
        {verb::remove, "rec { a = 1; b = let inherit a; in 1; }", "a", "", "1:30",
         "attribute 'a' is still used here"},
        {verb::remove, "rec { a = { }; inherit (a) b; }", "a", "", "1:25",
         "attribute 'a' is still used here"},
        {verb::remove, "rec { a = \"b\"; ${a} = 1; }", "a", "", "1:18",
         "attribute 'a' is still used here"},
        {verb::remove, "rec { a.b = 1; c = a.b; }", "a.b", "", "1:20",
         "attribute 'a.b' is still used here"},
        {verb::remove, "rec { a.b = 1; a.d = 2; c = a.b.e; }", "a.b", "", "1:29",
         "attribute 'a.b' is still used here"},
        {verb::remove, "rec { a.b.c = 1; a.d = 2; e = a.b; }", "a.b.c", "", "1:31",
         "attribute 'a.b.c' is still used here"},
        {verb::remove, "rec { a.b = 1; c = a ? b; }", "a.b", "", "1:20",
         "attribute 'a.b' is still used here"},
        {verb::remove, "rec { s = { a = 1; b = s.a; }; }", "s.a", "", "1:24",
         "attribute 's.a' is still used here"},
        {verb::remove, "{ a = rec { x = 1; }; a.y = x; }", "a.x", "", "1:22",
         "variable 'x' is not defined"},
        {verb::insert, "b: rec { a = b; }", "b", "1", "1:14",
         "'b' has another meaning here, which an attribute of this 'rec' set takes"},
        {verb::insert, "with { b = 1; }; rec { a = b; }", "b.c", "1", "1:28",
         "'b' has another meaning here, which an attribute of this 'rec' set takes"},
        {verb::insert, "rec { a = map; }", "map", "1", "1:11",
         "'map' has another meaning here, which an attribute of this 'rec' set takes"},
        {verb::replace, "{ a = 1; }", "a", "lib.x", "1:7", "variable 'lib' is not defined"},
        {verb::insert, "{ a = 1; }", "b", "a", "1:14", "variable 'a' is not defined"},
    };
    for (auto const& row : table) {
        CAPTURE(row.text);
        CAPTURE(row.path);
        auto const changed = change_text(row.which, row.text, row.path, row.value);
        REQUIRE(!changed);
        CHECK(changed.error().message == row.message);
        REQUIRE(changed.error().at);
        CHECK(
            fmt::format(
                "{}:{}", changed.error().at->begin.line, changed.error().at->begin.column) ==
            row.place);
    }
    // Where the text has variables that nothing defines, more of them are no matter.
    check_changes(verb::insert, {{"{ a = lib; }", "b", "lib.x", "{ a = lib; b = lib.x; }"}});
}

TEST_CASE("a binding is removed, its comments stay") {
    check_changes(
        verb::remove,
        {
            {"{ a = 1; }", "a", "", "{ }"},
            {"{ a = 1; b = 2; }", "a", "", "{ b = 2; }"},
            {"{ a = 1; b = 2; }", "b", "", "{ a = 1; }"},
            {"{\n  # of a\n  a = 1;\n  b = 2;\n}", "a", "", "{\n  # of a\n  b = 2;\n}"},
            {"{\n  a = 1; # one\n  b = 2;\n}", "a", "", "{\n  # one\n  b = 2;\n}"},
            {"{\n  a = {\n    b = 1;\n  };\n  c = 1;\n}", "a", "", "{\n  c = 1;\n}"},
            {"{\n  a = {\n    b = 1;\n  };\n}", "a.b", "", "{\n  a = {\n  };\n}"},
            {"{\n  a = 1; b = 2;\n}", "a", "", "{\n  b = 2;\n}"},
            {"{\n  a = 1; }", "a", "", "{\n  }"},
            {"{\r\n  a = 1;\r\n}", "a", "", "{\r\n}"},
        });
}

TEST_CASE("what cannot be changed is told with its place") {
    check_refusal(
        verb::replace, "{\n  config = lib.mkIf cfg.enable { a = 1; };\n}", "config.a", "2",
        "test.nix:2:12: error: 'config' is not a set that is written down here: found function "
        "application\n"
        "   2 |   config = lib.mkIf cfg.enable { a = 1; };\n"
        "     |            ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
        "hint: to change 'config.a', edit this expression by hand\n");
    check_refusal(
        verb::insert, "{ a = b // { }; }", "a.c", "2",
        "test.nix:1:7: error: 'a' is not a set that is written down here: found operation\n"
        "   1 | { a = b // { }; }\n"
        "     |       ^~~~~~~~\n"
        "hint: to change 'a.c', edit this expression by hand\n");
    check_refusal(
        verb::insert, "[ 1 ]", "a", "2",
        "test.nix:1:1: error: expected an attribute set, found list\n"
        "   1 | [ 1 ]\n"
        "     | ^~~~~\n");
    check_refusal(
        verb::replace, "{ a = 1; }", "b.c", "2",
        "test.nix:1:1: error: attribute 'b.c' is not defined here\n"
        "   1 | { a = 1; }\n"
        "     | ^~~~~~~~~~\n");
    check_refusal(
        verb::insert, "{ a = 1; }", "a", "2",
        "test.nix:1:3: error: attribute 'a' is already defined\n"
        "   1 | { a = 1; }\n"
        "     |   ^~~~~~\n");
    check_refusal(
        verb::insert, "{ a.b = 1; a.c = 2; }", "a", "2",
        "test.nix:1:3: error: attribute 'a' is given in pieces\n"
        "   1 | { a.b = 1; a.c = 2; }\n"
        "     |   ^~~~~~~~\n"
        "test.nix:1:12: note: another piece is here\n"
        "   1 | { a.b = 1; a.c = 2; }\n"
        "     |            ^~~~~~~~\n"
        "hint: name one of its parts\n");
    check_refusal(
        verb::remove, "{ inherit (b) a; }", "a", "",
        "test.nix:1:15: error: attribute 'a' comes from 'inherit'\n"
        "   1 | { inherit (b) a; }\n"
        "     |               ^\n"
        "hint: write it as a binding of its own to change it here\n");
    check_refusal(
        verb::replace, "{ a = 1; }", "a", "1; b = 2",
        "value:1:2: error: expected an operator or the end of the text, found ';'\n"
        "   1 | 1; b = 2\n"
        "     |  ^\n"
        "hint: a ';' ends a binding, not the text\n");
    for (auto const which : {verb::insert, verb::replace, verb::remove}) {
        auto const in = parse("{ }", "test.nix");
        auto const changed = apply(which, *in, {}, "1");
        REQUIRE(!changed);
        CHECK(changed.error().message == "an attribute path needs at least one name");
    }
}

TEST_CASE("a path of many names, and a deep set") {
    std::string before = "{ a = 1; }";
    std::string path = "a";
    for (int i = 0; i < 2'000; ++i) {
        before = "{ a = " + before + "; }";
        path += ".a";
    }
    auto const changed = change_text(verb::replace, before, path, "2");
    REQUIRE(changed);
    CHECK(changed->text.find("{ a = 2; }") != std::string::npos);
}
