// Each x.nix in testdata/parse-fail is diagnosed, and x.expected is all that is said about it.
#include "dynix/base/file.hpp"
#include "dynix/syntax/parse.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

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
    for (auto const& entry : std::filesystem::directory_iterator(DYNIX_TESTDATA "/parse-fail"))
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
