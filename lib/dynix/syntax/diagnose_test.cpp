// Each x.nix in testdata/parse-fail is diagnosed, and x.expected is all that is said about it. What
// people type wrong in one line or a few is in testdata/typed-errors.txt (tests/places.py compares
// its places with those of Nix).
#include "dynix/base/file.hpp"
#include "dynix/syntax/parse.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <vector>

using namespace dynix;
using namespace dynix::syntax;

namespace {

std::string said_about(std::string const& text, std::string const& name) {
    auto const found = diagnose(text, name);
    CHECK(found.errors.empty() == found.parsed.has_value());
    std::string said;
    for (auto const& one : found.errors)
        said += render(one);
    // parse() stops at the first one.
    auto const parsed = parse(text, name);
    CHECK(parsed.has_value() == found.parsed.has_value());
    if (!parsed && found.errors.size() == 1)
        CHECK(render(parsed.error()) == said);
    return said;
}

} // namespace

// With DYNIX_ACCEPT set in the environment, the expectations are written instead.
TEST_CASE("what is wrong with a text is said in a reader's words") {
    std::vector<std::filesystem::path> files;
    for (auto const& entry :
         std::filesystem::directory_iterator(DYNIX_SOURCES "/lib/dynix/syntax/testdata/parse-fail"))
        if (entry.path().extension() == ".nix")
            files.push_back(entry.path());
    REQUIRE(files.size() >= 80);
    std::sort(files.begin(), files.end());
    for (auto const& file : files) {
        auto const name = file.filename().string();
        CAPTURE(name);
        auto const text = read_file(file.string());
        REQUIRE(text);
        auto const said = said_about(*text, name);
        CHECK(!said.empty());
        auto const expected = std::filesystem::path(file).replace_extension("expected").string();
        if (std::getenv("DYNIX_ACCEPT") != nullptr)
            std::ofstream(expected, std::ios::binary) << said;
        auto const wanted = read_file(expected);
        REQUIRE(wanted);
        CHECK(said == *wanted);
    }
}

namespace {

std::string place_of(std::optional<excerpt> const& at) {
    return at ? fmt::format("{}:{}", at->begin.line, at->begin.column) : "no place";
}

// The errors of a text without its lines.
std::string in_short(std::string text) {
    auto const found =
        diagnose(std::move(text), "text", {.undefined_variables = true, .pipe_operators = false});
    std::string said;
    for (auto const& one : found.errors) {
        said += fmt::format("--- {}\n{}\n", place_of(one.at), one.message);
        for (auto const& further : one.notes)
            said += fmt::format("note {}: {}\n", place_of(further.at), further.message);
        if (!one.hint.empty())
            said += fmt::format("hint: {}\n", one.hint);
    }
    return said;
}

} // namespace

// A text stands between a line "%" (which may go on, with a remark) and its first line "---
// PLACE".
TEST_CASE("what people type wrong is told with its place and what to do") {
    auto const file = DYNIX_SOURCES "/lib/dynix/syntax/testdata/typed-errors.txt";
    auto const table = read_file(file);
    REQUIRE(table);
    std::string now;
    std::size_t texts = 0;
    for (std::size_t at = 0; at < table->size(); ++texts) {
        auto const next = std::min(table->find("\n%", at), table->size() - 1) + 1;
        auto const block = std::string_view(*table).substr(at, next - at);
        at = next;
        auto const text_begin = block.find('\n') + 1;
        auto const text_end = block.find("\n---", text_begin - 1);
        REQUIRE(text_end != std::string_view::npos);
        auto const text = std::string(block.substr(text_begin, text_end - text_begin));
        CAPTURE(text);
        auto const said = in_short(text);
        CHECK(!said.empty());
        CHECK(said == block.substr(text_end + 1));
        now.append(block.substr(0, text_end + 1)).append(said);
    }
    CHECK(texts >= 200);
    if (std::getenv("DYNIX_ACCEPT") != nullptr)
        std::ofstream(file, std::ios::binary) << now;
}

TEST_CASE("one slip is one error, wherever it is") {
    std::string const text = R"({ lib, ... }: let
  a = 1;
  inherit (lib) f;
in {
  b = let c = { d = 1; }; e = [ c 2 ]; in f c (e ++ [ 3 ]);
  g = with lib; let h = x: let i = x; in i + 1; in rec { j = h 1; k.l = j; };
  m = if a == 1 then let n = "a${let o = "b"; in o}c"; in n else let p = 2; in (p);
  q = assert true; let { body = f ''
    ${let r = 1; in toString r}
  ''; };
})";
    auto const whole = parse(text, "text");
    REQUIRE(whole);
    std::size_t places = 0;
    std::vector<node> todo{whole->root()};
    while (!todo.empty()) {
        auto const one = todo.back();
        todo.pop_back();
        for (auto const part : one.children())
            todo.push_back(part);
        if (one.kind() >= node_kind::name)
            continue; // no expression
        for (std::string_view const slip : {"\\ ", "= ", ") ", "; "}) {
            auto wrong = text;
            wrong.insert(one.range().begin, slip);
            auto const found = diagnose(wrong, "text");
            CAPTURE(wrong);
            CHECK(found.errors.size() == 1);
        }
        ++places;
    }
    CHECK(places > 50);
    // A `let` without 'in' is no second error either.
    CHECK(diagnose("{ a = let b c; d = 1; }", "text").errors.size() == 1);
}

// Found by the fuzzer.
TEST_CASE("a NUL byte is named where it stands") {
    auto const said = said_about(std::string("(J\0\0", 4), "x");
    CHECK(said.find("expected ')', found byte 0x00") != std::string::npos);
}

TEST_CASE("a text without errors has its tree") {
    auto const found = diagnose("{ a = 1; }", "test");
    CHECK(found.errors.empty());
    REQUIRE(found.parsed);
    CHECK(found.parsed->root().text() == "{ a = 1; }");
}

TEST_CASE("a text with very many errors ends in a few") {
    std::string text = "{\n";
    for (int i = 0; i < 1'000; ++i)
        text += "a = ;\n";
    auto const found = diagnose(text + "}", "test");
    CHECK(found.errors.size() == 20);
    CHECK(found.errors.back().at->begin.line == 21);
}
