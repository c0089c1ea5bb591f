#include "dynix/base/utf8.hpp"

#include "dynix/test.hpp"

#include <string>

using namespace dynix;

TEST_CASE("text ends to be UTF-8 at the first byte of what is no character") {
    struct {
        std::string text;
        std::size_t good;
    } const table[] = {
        {"", 0},
        {"plain", 5},
        {std::string("\0\x01\x7f", 3), 3},
        {"\xc2\x80\xdf\xbf", 4},
        {"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf", 12},
        {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 8},
        {"ab\xe9", 2},                // Latin-1
        {"a\x80", 1},                 // begins in the middle
        {"a\xc3", 1},                 // ends in the middle
        {"a\xe2\x82", 1},             // so does this
        {"a\xe2\x82z", 1},            // goes on otherwise
        {"a\xc0\xaf\xc1\xbf", 1},     // longer than need be
        {"a\xe0\x9f\xbf", 1},         // so is this
        {"a\xf0\x8f\xbf\xbf", 1},     // and this
        {"a\xed\xa0\x80", 1},         // half of a pair of UTF-16
        {"a\xf4\x90\x80\x80", 1},     // above U+10FFFF
        {"a\xf5\x80\x80\x80\xff", 1}, // no first byte
    };
    for (auto const& row : table) {
        CAPTURE(row.text);
        CHECK(well_formed_utf8(row.text) == row.good);
    }
}
