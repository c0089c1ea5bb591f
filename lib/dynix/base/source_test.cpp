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

TEST_CASE("the line of an excerpt ends in front of its line break, whatever that is") {
    struct {
        std::string_view text;
        byte_range where;
        std::string_view line;
        std::size_t column, width;
    } const table[] = {{"ab\r\ncd", {1, 2}, "ab", 2, 1},     {"ab\ncd", {1, 2}, "ab", 2, 1},
                       {"ab\r\ncd", {0, 6}, "ab", 1, 2},     {"ab\r\ncd", {3, 4}, "ab", 4, 1},
                       {"ab\r\ncd\r", {4, 5}, "cd\r", 1, 1}, {"\r\n", {0, 1}, "", 1, 1}};
    for (auto const& row : table) {
        CAPTURE(row.text);
        auto const shown = excerpt_of(row.text, "x", row.where);
        CHECK(shown.line == row.line);
        CHECK(shown.begin.column == row.column);
        CHECK(shown.width == row.width);
        CHECK(line_index(row.text).line(shown.begin.line) == row.line);
    }
}
