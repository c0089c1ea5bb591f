#include "dynix/options/check.hpp"

#include "dynix/options/names_after.hpp"
#include "dynix/options/resolve.hpp"
#include "dynix/options/test_system.hpp"

using namespace dynix;
using namespace dynix::options;

namespace {

// The error and its hint, or "fits".
std::string judge(std::string const& path, std::string const& value) {
    auto const known = test_system(path);
    auto const at = resolve(known, path_of(path));
    REQUIRE(at);
    REQUIRE(at->takes != nullptr);
    auto const judged = check_value(*at->takes, value_of(value), at->path);
    return judged ? "fits" : judged.error().message + " | " + judged.error().hint;
}

// What a word becomes where the option at `path` wants it.
std::string read(std::string const& path, std::string const& word) {
    auto const known = test_system(path);
    auto const at = resolve(known, path_of(path));
    auto const plain = syntax::parse_literal(word, "VALUE");
    return *syntax::print(read_word(*at->takes, word, plain ? *plain : syntax::literal(word)));
}

} // namespace

TEST_CASE("an error says what is taken, what was given and where inside the value") {
    CHECK(
        judge("services.web.weight", "1") ==
        "'services.web.weight': expected floating point number, found the integer 1 | write 1.0");
    CHECK(
        judge("services.cache.server.level", "\"inof\"") ==
        R"('services.cache.server.level': expected one of "error", "info", "debug", found the )"
        R"(string "inof" | did you mean 'info'?)");
    CHECK(
        judge("services.web.hosts", "{ a = { listen = [ { port = 1; } { port = 70000; } ]; }; }") ==
        "'services.web.hosts' 'a' 'listen' item 2 'port': expected 16 bit unsigned integer; "
        "between 0 and 65535 (both inclusive), found the integer 70000 | ");
    CHECK(
        judge("services.web.hosts", "{ a = { log.levle = \"x\"; }; }") ==
        "'services.web.hosts' 'a' 'log': there is no option 'levle' | did you mean 'level'?");
    CHECK(
        judge("services.web.hosts", "{ a = { id = \"x\"; }; }") ==
        "'services.web.hosts' 'a' 'id': nobody can set it, it is read-only | ");
    CHECK(
        judge("services.web.hosts", "{ a = { log = 1; }; }") ==
        "'services.web.hosts' 'a' 'log': expected an attribute set, found the integer 1 | ");
    CHECK(
        judge("services.web.aliases", "\"x\"") ==
        "'services.web.aliases': expected list of string, found the string \"x\" | a list of one "
        "item is written [ \"x\" ]");
    CHECK(
        judge("services.web.hook", "1").ends_with("only an expression is a function: use --expr"));
    CHECK(judge("services.web.banner", "[ ]").find("found an empty list") != std::string::npos);
    auto const longest = judge("services.web.weight", '"' + std::string(100'000, 'x') + '"');
    CHECK(longest.size() < 200);
}

TEST_CASE("a value nested as deeply as a literal goes is judged") {
    int const deepest = static_cast<int>(syntax::deepest_literal) - 1;
    std::string deep = "1";
    for (int i = 0; i < deepest; ++i)
        deep = "[ " + deep + " ]";
    CHECK(judge("services.cache.server.settings", deep) == "fits");
    std::string set = "1";
    for (int i = 0; i < deepest; ++i)
        set = "{ a = " + set + "; }";
    CHECK(judge("services.web.settings", set) == "fits");
}

TEST_CASE("the type decides how a word is read") {
    CHECK(read("services.web.banner", "20") == "\"20\"");
    CHECK(read("services.web.banner", "true") == "\"true\"");
    CHECK(read("services.web.banner", "null") == "\"null\"");
    CHECK(read("services.web.banner", "[ 1 ]") == "\"[ 1 ]\"");
    CHECK(read("services.web.banner", "\"20\"") == "\"20\"");
    CHECK(read("services.web.limit", "{ a = \"x\"; }") == "{ a = \"x\"; }");
    CHECK(read("services.web.weight", "2") == "2.0");
    CHECK(read("services.web.weight", "-2") == "-2.0");
    CHECK(read("services.web.weight", "9007199254740993") == "9007199254740993");
    CHECK(read("services.web.weight", "x") == "\"x\"");
    CHECK(read("services.cache.server.workers", "4") == "4");
    CHECK(read("services.cache.server.workers", "null") == "null");
    CHECK(read("services.cache.server.level", "info") == "\"info\"");
    CHECK(read("services.cache.server.settings.x", "20") == "20");
    CHECK(read("services.cache.server.settings.x", "true") == "true");
}

TEST_CASE("a kind of type is an object, which nothing lists") {
    type_kind const even{
        .only_strings = true,
        .fits = [](type const&, syntax::literal const& value) -> std::optional<bool> {
            auto const* text = value.as<std::string>();
            return text != nullptr && text->size() % 2 == 0;
        },
        .advice = [](type const&, syntax::literal const&) -> std::string { return "add a letter"; },
        .few_values = [](type const&) { return std::vector{value_of("\"ab\"")}; }};
    type part;
    part.kind = &even;
    type takes;
    takes.kind = &kind_of("null-or");
    takes.text = "null or an even string";
    takes.of = {&part};

    CHECK(check_value(takes, value_of("\"ab\""), path_of("a")).value() == certainty::certain);
    auto const judged = check_value(takes, value_of("\"abc\""), path_of("a"));
    REQUIRE_FALSE(judged);
    CHECK(
        judged.error().message == "'a': expected null or an even string, found the string \"abc\"");
    CHECK(judged.error().hint == "add a letter");
    CHECK(read_word(takes, "null", {}).as<std::monostate>() != nullptr);
    CHECK(read_word(part, "null", {}) == value_of("\"null\""));
    CHECK(few_values(takes) == std::vector{value_of("\"ab\""), syntax::literal()});
}
