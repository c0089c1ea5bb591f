// Hostile shapes of text: every one ends in an answer or in an error that says why, whatever the
// stack, and in time that grows with the text. (Quadratic time anywhere would not end within the
// test's limit.)
#include "dynix/syntax/normal_form.hpp"
#include "dynix/syntax/parse.hpp"

#include "dynix/test.hpp"

#include <pthread.h>
#include <string>
#include <string_view>
#include <vector>

using namespace dynix;
using namespace dynix::syntax;

namespace {

std::string repeated(std::string_view what, std::size_t times) {
    std::string text;
    text.reserve(what.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        text += what;
    return text;
}

// Something that nests: `open` again and again, `middle`, `close` as often.
struct nest {
    std::string_view open;
    std::string_view middle;
    std::string_view close;

    std::string of(std::size_t levels) const {
        return repeated(open, levels) + std::string(middle) + repeated(close, levels);
    }
};

// Every way in which Nix text can nest.
constexpr nest nests[] = {
    {"(", "a", ")"},
    {"[", "", "]"},
    {"{a=", "a", ";}"},
    {"rec{a=", "a", ";}"},
    {"let{body=", "a", ";}"},
    {"let a=", "a", ";in a"},
    {"let a=a;in ", "a", ""},
    {"if ", "a", " then a else a"},
    {"if a then a else ", "a", ""},
    {"with a;", "a", ""},
    {"with ", "a", ";a"},
    {"assert a;", "a", ""},
    {"assert ", "a", ";a"},
    {"a: ", "a", ""},
    {"{a}: ", "a", ""},
    {"a@{b}: ", "a", ""},
    {"{a?", "a", "}:a"},
    {"\"${", "a", "}\""},
    {"''${", "a", "}''"},
    {"''${", "''a''", "}''"},
    {"./a/${", "a", "}"},
    {"a.${", "a", "}"},
    {"a.a or ", "a", ""},
    {"a.a or (", "a", ")"},
    {"{}?${", "a", "}"},
    {"{${", "a", "}=a;}"},
    {"{inherit(", "a", ")a;}"},
    {"{a.a.a=", "a", ";}"},
    {"{a=", "{}", ";a.b=a;}"},
    {"{${''${", "a", "}''}=a;}"},
    {"a(a ", "a", ")"},
    {"-", "a", ""},
    {"!", "a", ""},
    {"a++", "a", ""},
    {"a//", "a", ""},
    {"a ->", "a", ""},
    {"a<|", "a", ""},
    {"a+(", "a", ")"},
    {"a*", "a", "+a"}, // only for what follows: no nesting to the left
};

// g++ says so with a macro, clang 14 with a feature.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DYNIX_ADDRESS_SANITIZER
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define DYNIX_ADDRESS_SANITIZER
#endif

#if defined(DYNIX_ADDRESS_SANITIZER)
constexpr std::size_t small_stack = 4U << 20; // its frames are several times as large
constexpr std::size_t many = 20'000;          // and it is ten times as slow
constexpr std::size_t large = 10'000'000;
#else
constexpr std::size_t small_stack = 256U << 10; // as parse.hpp says
constexpr std::size_t many = 100'000;
constexpr std::size_t large = 100'000'000;
#endif

// What a user of the room would do with a text.
std::string use(std::string text) {
    auto const parsed = parse(std::move(text), "test", {.undefined_variables = true});
    if (!parsed)
        return parsed.error().message;
    auto const form = normal_form(*parsed);
    return form.empty() ? "no form" : "";
}

std::string with_a(std::string text) {
    return "a: " + std::move(text);
}

} // namespace

TEST_CASE("text nests as deep as the limit says") {
    for (nest const& one : nests) {
        CAPTURE(one.open);
        CHECK(use(with_a(one.of(100))).empty());
        CHECK(use(with_a(one.of(deepest_nesting / 2 - 10))).empty());
    }
}

TEST_CASE("what nests deeper ends in an error, closed or not") {
    for (nest const& one : nests) {
        if (one.close == "+a")
            continue;
        CAPTURE(one.open);
        CHECK(use(with_a(one.of(many))) == "nesting is too deep");
        CHECK(use(with_a(repeated(one.open, many))) == "nesting is too deep");
    }
}

TEST_CASE("closing brackets that nothing opened end in an error") {
    for (std::string const one : {")", "]", "}", "${", ";", ",", "*/", ")]}"}) {
        CAPTURE(one);
        CHECK(use(repeated(one, many)).starts_with("expected an expression, found '"));
    }
}

TEST_CASE("a hundred thousand of a thing next to one another are no nesting") {
    struct row {
        std::string_view before;
        std::string_view repeated;
        std::string_view after;
        std::string_view refused; // the end of the message, if it is to be refused
    };
    for (row const& one : {
             row{"a", "+a", "", ""},
             row{"a", " -a", "", ""},
             row{"a", "*a", "", ""},
             row{"a", "&&a", "", ""},
             row{"a", "||a", "", ""},
             row{"a", "|>a", "", ""},
             row{"a", "+a*a", "", ""},
             row{"a", " a", "", ""},
             row{"a", ".a", "", ""},
             row{"a.a", ".\"${a}\"", "", ""},
             row{"a", "==a", "", "cannot follow one another"},
             row{"a", "?a", "", ""},
             row{"[", "a ", "]", ""},
             row{"[", "[a]", "]", ""},
             row{"[", "a.a or a ", "]", ""},
             row{"\"", "${a}", "\"", ""},
             row{"\"", "$$", "\"", ""},
             row{"''", "${a}", "''", ""},
             row{"''\n", " ''$ '\n", "''", ""},
             row{"./a", "${a}", "", ""},
             row{"./a", "/a", "", ""},
             row{"", "# a\n", "a", ""},
             row{"", "/* a */", "a", ""},
             row{"a", "/**/", "", ""},
             row{"{inherit ", "a ", ";}", "already defined"},
             row{"{", "inherit;", "}", ""},
             row{"{", "inherit(a);", "}", ""},
             row{"{", "a=1;", "}", "already defined"},
             row{"{", "a.b=1;", "}", "already defined"},
             row{"{", "a={};", "}", ""},
             row{"{", "a={b={};};", "}", ""},
             row{"{", "a.b.c={};", "}", ""},
             row{"{", "${a}=1;", "}", ""},
             row{"{a", ".a", "=1;}", ""},
             row{"{a", ".\"${a}\"", "=1;}", ""},
             row{"{", "b,", "}:a", "defined twice"},
             row{"{", "b,\n", "}:a", "defined twice"},
             row{"a<", "a/", "a", ""},
             row{"", "a<", "a", "cannot follow one another"},
             row{"", "a/* ", "", "not closed"},
             row{"", "\" ", "", ""},
         }) {
        CAPTURE(one.before);
        CAPTURE(one.repeated);
        auto const text = std::string(one.before) + repeated(one.repeated, many);
        auto const message = use(with_a(text + std::string(one.after)));
        if (one.refused.empty())
            CHECK(message.substr(0, 200) == "");
        else
            CHECK(message.ends_with(one.refused));
        use(with_a(text)); // and broken off
    }
}

// A thread's stack may be much smaller than the 8 MB of the first one.
TEST_CASE("nesting does not depend on the stack of the caller") {
    auto const run = [](void*) -> void* {
        for (nest const& one : nests)
            use(with_a(one.of(deepest_nesting / 2 - 10)));
        return nullptr;
    };
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    REQUIRE(pthread_attr_setstacksize(&attributes, small_stack) == 0);
    pthread_t thread;
    REQUIRE(pthread_create(&thread, &attributes, run, nullptr) == 0);
    pthread_attr_destroy(&attributes);
    CHECK(pthread_join(thread, nullptr) == 0);
}

TEST_CASE("a text of 100 MB is read in one go") {
    std::string const line =
        " = [ \"a string\" ./a/path (f 1 2.5) { b = c.d or e; } ]; # and why\n";
    std::string text = "{\n";
    for (std::size_t i = 0; text.size() < large; ++i)
        text += "a" + std::to_string(i) + line;
    text += "}";
    auto const parsed = parse(std::move(text), "test");
    REQUIRE(parsed);
    auto const bindings = parsed->root().children();
    CHECK(bindings.back().text().ends_with("e; } ];"));
    CHECK(parsed->comments().size() == bindings.size());
    CHECK(parsed->memory() < 4 * parsed->source().size());
}
