#include "dynix/units/extract_word.hpp"

#include "dynix/test.hpp"

#include <vector>

using namespace dynix;
using namespace dynix::units;

namespace {

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> found;
    for (;;) {
        auto next = next_word(text);
        REQUIRE(next);
        if (!*next)
            return found;
        found.push_back(std::move(**next));
    }
}

} // namespace

TEST_CASE("a value is split as systemd splits it") {
    using list = std::vector<std::string>;
    CHECK(words("").empty());
    CHECK(words(" \t ").empty());
    CHECK(words("a b\tc") == list{"a", "b", "c"});
    CHECK(words("'a b' \"c d\"") == list{"a b", "c d"});
    CHECK(words("x'a b'y") == list{"xa by"});
    CHECK(words("'' \"\"") == list{"", ""});
    CHECK(words(R"("a\"b" 'c\'d')") == list{"a\"b", "c'd"});
    CHECK(words(R"(\x41\101\u00e4\U0001f600)") == list{"AA\u00e4\U0001f600"});
    CHECK(words(R"(a\sb \n\t)") == list{"a b", "\n\t"});
    CHECK(words(R"(a\ b)") == list{"a\\ b"});
}

TEST_CASE("what is no escape stays as it is") {
    using list = std::vector<std::string>;
    CHECK(
        words(R"(\q \x4 \x00 \400 \ud8 \U00110000)") ==
        list{"\\q", "\\x4", "\\x00", "\\400", "\\ud8", "\\U00110000"});
    CHECK(words("a\\") == list{"a\\"});
}

TEST_CASE("a quote that is never closed is an error") {
    for (std::string_view text : {"'a", "a \"b", "'", "\"a\\\""}) {
        CAPTURE(text);
        auto rest = text;
        auto next = next_word(rest);
        while (next && *next)
            next = next_word(rest);
        CHECK_FALSE(next.has_value());
    }
}
