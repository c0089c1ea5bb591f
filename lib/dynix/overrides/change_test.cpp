#include "dynix/overrides/change.hpp"

#include "dynix/overrides/effective.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::overrides;

namespace {

// A file with these changes appended one after the other.
class growing_file {
  public:
    result<std::vector<option_override>> append(
        std::string const& path, std::string const& value, bool replace = false,
        reading how = reading::literal_or_string) {
        auto read = read_value(value, how);
        if (!read)
            return read.error();
        auto made = make_overrides(
            file_, {*syntax::parse_attribute_path(path, "PATH"), std::move(*read), replace});
        if (made) {
            auto const added = make_entry(file_, *made, "2026-11-23T01:33:00Z", "root", "");
            file_ = *read_dynamic_file(splice_entry(file_, *added), "f");
        }
        return made;
    }

    // "a.b = 1; a.c = 2;" for the overrides in effect.
    std::string effective() const {
        std::string out;
        for (auto const& one : effective_overrides(file_))
            out += syntax::print_attribute_path(one.what->path) + " = " + one.what->value + "; ";
        return out;
    }

  private:
    dynamic_file file_ = *read_dynamic_file(std::string(text_without_entries()), "f");
};

} // namespace

TEST_CASE("an attribute set is flattened to its leaves") {
    growing_file file;
    auto const made = file.append("a", "{ b = 1; c.d = [ 1 ]; \"f.g\" = null; }");
    REQUIRE(made);
    CHECK(file.effective() == "a.b = 1; a.c.d = [ 1 ]; a.\"f.g\" = null; ");
    CHECK(file.append("a.c", "{ x = -2; }"));
    CHECK(file.effective() == "a.b = 1; a.c.d = [ 1 ]; a.c.x = -2; a.\"f.g\" = null; ");
}

TEST_CASE("with replace the whole subtree is one override") {
    growing_file file;
    REQUIRE(file.append("a.b", "1"));
    auto const made = file.append("a", "{ c = 1; d = 2; }", true);
    REQUIRE(made);
    CHECK(made->size() == 1);
    CHECK(file.effective() == "a = { c = 1; d = 2; }; ");
}

TEST_CASE("an override below a replaced subtree is refused, with replace it is folded in") {
    growing_file file;
    REQUIRE(file.append("a", "{ c = 1; d = { e = 2; }; }", true));
    auto const lost = file.append("a.d.e", "3");
    REQUIRE(!lost);
    CHECK(
        lost.error().message ==
        "'a' was replaced as a whole by entry 1, so an override of 'a.d.e' would be lost");
    CHECK(lost.error().hint.find("--replace") != std::string::npos);
    REQUIRE(file.append("a.d.e", "3", true));
    CHECK(file.effective() == "a = { c = 1; d = { e = 3; }; }; ");
    REQUIRE(file.append("a.x.y", "4", true));
    CHECK(file.effective() == "a = { c = 1; d = { e = 3; }; x = { y = 4; }; }; ");
    CHECK(!file.append("a.d", "{ z = 1; }"));
}

TEST_CASE("an expression cannot be folded") {
    growing_file file;
    REQUIRE(file.append("a", "lib.id { c = 1; }", false, reading::expression));
    auto const lost = file.append("a.c", "3", true);
    REQUIRE(!lost);
    CHECK(lost.error().hint.find("append the whole of 'a' again") != std::string::npos);
}

TEST_CASE("the last override on a path is the one in effect") {
    growing_file file;
    REQUIRE(file.append("a.b", "1"));
    REQUIRE(file.append("a.b", "2"));
    REQUIRE(file.append("a", "5"));
    CHECK(file.effective() == "a = 5; ");
    REQUIRE(file.append("ab", "1"));
    REQUIRE(file.append("\"a.b\"", "1"));
    CHECK(file.effective() == "a = 5; \"a.b\" = 1; ab = 1; ");
}

TEST_CASE("a number or a list has nothing below it, with replace or without") {
    growing_file file;
    REQUIRE(file.append("a", "1"));
    REQUIRE(file.append("b", "{ list = [ ]; }", true));
    for (bool const replace : {false, true}) {
        auto const below = file.append("a.c", "2", replace);
        REQUIRE(!below);
        CHECK(below.error().message == "entry 1 sets 'a' to 1, so there is no 'a.c'");
    }
    auto const inside = file.append("b.list.c", "2", true);
    REQUIRE(!inside);
    CHECK(inside.error().message.find("so there is no 'b.list.c'") != std::string::npos);
    CHECK(file.effective() == "a = 1; b = { list = [ ]; }; ");
}

TEST_CASE("an empty attribute set needs replace") {
    growing_file file;
    auto const nothing = file.append("a", "{ }");
    REQUIRE(!nothing);
    CHECK(
        nothing.error().message == "'{ }' names nothing below 'a', so nothing would be overridden");
    // Inside another one it would take away what is below it.
    REQUIRE(file.append("a.b.c", "1"));
    CHECK(!file.append("a", "{ b = { }; }"));
    CHECK(file.effective() == "a.b.c = 1; ");
    REQUIRE(file.append("a", "{ }", true));
    CHECK(file.effective() == "a = { }; ");
}

TEST_CASE("an expression may use what the module has, and nothing else") {
    growing_file file;
    CHECK(file.append("a", "lib.mkAfter (builtins.head [ 1 ]) # why", false, reading::expression));
    // With the experimental features of the system's Nix, whatever they are.
    CHECK(file.append("a", "fetchTree { } |> lib.id", false, reading::expression));
    auto const unknown = file.append("a", "pkgs.hello", false, reading::expression);
    REQUIRE(!unknown);
    REQUIRE(unknown.error().at);
    CHECK(unknown.error().at->begin == line_column{1, 1});
    CHECK(unknown.error().at->line == "pkgs.hello");
    for (auto const* text : {"", "1 +", "1) // (2", "1; b = 2", "\"${"}) {
        CAPTURE(text);
        CHECK(!file.append("a", text, false, reading::expression));
    }
}

TEST_CASE("a message is one line of text") {
    auto const file = *read_dynamic_file(std::string(text_without_entries()), "f");
    CHECK(make_entry(file, {}, "t", "u", "ok: \xc3\xa9 # $x"));
    CHECK(!make_entry(file, {}, "t", "u", "a\nb"));
    CHECK(!make_entry(file, {}, "t", "u", "a\rb"));
    CHECK(!make_entry(file, {}, "t", "u", "\x1b[2J"));
}
