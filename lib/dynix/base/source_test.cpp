#include "dynix/base/source.hpp"

#include "dynix/test.hpp"

using namespace dynix;

TEST_CASE("an index finds every place that a search finds") {
    for (std::string_view const text : {"", "a", "\n", "a\nbc\n\nd", "a\r\nb\n"}) {
        CAPTURE(text);
        line_index const lines(text);
        for (std::size_t offset = 0; offset < text.size() + 3; ++offset)
            CHECK(lines.locate(offset) == locate(text, offset));
    }
}

TEST_CASE("an index knows the lines") {
    line_index const lines("a\nbc\n");
    CHECK(lines.line(1) == "a");
    CHECK(lines.line(2) == "bc");
    CHECK(lines.line(3) == "");
}
