#include "dynix/base/error.hpp"
#include "dynix/base/utf8.hpp"
#include "dynix/test.hpp"

#include <cerrno>
#include <string>

using namespace dynix;

TEST_CASE("a place is found by line and column") {
    std::string const text = "ab\ncd\n";
    struct {
        std::size_t offset;
        line_column expected;
    } const table[] = {{0, {1, 1}}, {1, {1, 2}}, {2, {1, 3}},
                       {3, {2, 1}}, {6, {3, 1}}, {99, {3, 1}}};
    for (auto const& row : table) {
        CAPTURE(row.offset);
        CHECK(locate(text, row.offset) == row.expected);
    }
}

TEST_CASE("an error shows file, line, caret, note and hint") {
    std::string const text = "{\n\ta = 1\n}\n";
    error what = make_error("expected ';'", "add one");
    what.at = excerpt_of(text, "x.nix", {5, 8});
    what.notes.push_back({"to match this '{'", excerpt_of(text, "x.nix", {0, 1})});
    CHECK(
        render(what) == "x.nix:2:4: error: expected ';'\n"
                        "   2 | \ta = 1\n"
                        "     | \t  ^~~\n"
                        "x.nix:1:1: note: to match this '{'\n"
                        "   1 | {\n"
                        "     | ^\n"
                        "hint: add one\n");
}

TEST_CASE("a range over several lines is cut at the end of its first line") {
    CHECK(excerpt_of("abc\ndef", "f", {1, 6}).width == 2);
    CHECK(excerpt_of("abc\n", "f", {3, 4}).width == 1);
    CHECK(excerpt_of("", "f", {0, 0}).line.empty());
}

TEST_CASE("a very long line is shown as a window around the place") {
    std::string const text = std::string(5000, 'a') + "!" + std::string(5000, 'b');
    error what = make_error("here");
    what.at = excerpt_of(text, "f", {5000, 5001});
    auto const shown = render(what);
    CHECK(shown.size() < 600);
    auto const bang = shown.find('!');
    auto const caret = shown.find('^');
    REQUIRE(bang != std::string::npos);
    REQUIRE(caret != std::string::npos);
    auto const column = [&](std::size_t at) { return at - shown.rfind('\n', at); };
    CHECK(column(bang) == column(caret));
}

TEST_CASE("a character of several bytes is one, also where a line is cut") {
    auto const shown = [](std::string const& text, byte_range where) {
        error what = make_error("here");
        what.at = excerpt_of(text, "f", where);
        auto const all = render(what);
        return all.substr(all.find('\n') + 1);
    };
    CHECK(
        shown("\"\xc3\xa4\t\xe4\xb8\x80\" \xc3\xb6\xc3\xb6!", {9, 13}) ==
        "   1 | \"\xc3\xa4\t\xe4\xb8\x80\" \xc3\xb6\xc3\xb6!\n"
        "     |   \t   ^~\n");
    // As it is shown: a '?' for each byte of a control character.
    CHECK(shown("\xc2\x9bx\xe9x", {2, 5}) == "   1 | ??x\xe9x\n     |   ^~~\n");
    CHECK(shown("\xc3\xa4", {2, 2}) == "   1 | \xc3\xa4\n     |  ^\n");
    std::string umlauts;
    for (int i = 0; i < 1500; ++i)
        umlauts += "\xc3\xa4";
    auto const window = shown(umlauts + "!" + umlauts, {3001, 3003});
    CHECK(well_formed_utf8(window) == window.size());
    auto const message = render(make_error("." + umlauts));
    CHECK(well_formed_utf8(message) == message.size());
}

TEST_CASE("of a full file system it is said where to make room") {
    // Where the file system begins: what stands in it may have been taken away again by now.
    CHECK(
        render(errno_error("write", "/proc/self/none/state.json", ENOSPC)) ==
        "error: cannot write '/proc/self/none/state.json': No space left on device\n"
        "hint: make room in '/proc': 'df /proc' shows how full it is\n");
    CHECK(
        errno_error("create a file in", "/proc", ENOSPC).hint ==
        "make room in '/proc': 'df /proc' shows how full it is");
    CHECK(
        errno_error("write", "/x", EDQUOT).hint == "make room in '/': 'df /' shows how full it is");
    CHECK(
        errno_error("write", "x", ENOSPC).hint ==
        "make room on the disk: 'df' shows how full it is");
    CHECK(errno_error("write", "/run/x", EACCES).hint.empty());
}

TEST_CASE("control bytes do not reach the terminal") {
    error what = make_error("bad '\x1b[2J'");
    CHECK(render(what) == "error: bad '?[2J'\n");
}

TEST_CASE("neither do controls that UTF-8 has as several bytes, and what turns a line around") {
    struct {
        std::string_view text;
        std::string_view shown;
    } const table[] = {
        {"a\xc2\x9b"
         "2Jb",
         "a??2Jb"}, // CSI of C1
        {"a\x9b"
         "2Jb",
         "a?2Jb"}, // the same where a byte is a character
        {"\xc2\x80\xc2\x85\xc2\x9f\xc2\xa0", "??????\xc2\xa0"}, // the ends of C1
        {"\xe2\x80\xae", "???"},                                // RIGHT-TO-LEFT OVERRIDE
        {"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xaf", "\xe2\x80\xa7???\xe2\x80\xaf"},
        {"\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa", "\xe2\x81\xa5??????\xe2\x81\xaa"},
        {"\xc3\x80 \xe4\xb8\x80 \xf0\x9f\x98\x80\n\t",
         "\xc3\x80 \xe4\xb8\x80 \xf0\x9f\x98\x80\n\t"},
        {"caf\xe9", "caf\xe9"},
    };
    for (auto const& row : table)
        CHECK(printable(row.text) == row.shown);
}
