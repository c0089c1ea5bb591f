#include "dynix/units/unit_file.hpp"

#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::units;

namespace {

std::string flat(unit_file const& unit) {
    std::string out;
    for (auto const& one : unit.assignments)
        out += std::to_string(one.line) + ' ' + one.section + '/' + one.key + '=' + one.value + '|';
    return out;
}

} // namespace

TEST_CASE("unit text is read as systemd reads it") {
    struct {
        std::string_view text;
        std::string_view shown;
    } const table[] = {
        {"", ""},
        {"[Unit]\nDescription=a b \n\n[Service]\n  ExecStart = /x  y\t\n",
         "2 Unit/Description=a b|5 Service/ExecStart=/x  y|"},
        {"[Unit]\n# c\n;d\nA=1\nA=\nA=2", "4 Unit/A=1|5 Unit/A=|6 Unit/A=2|"},
        {"[S]\nA=1 \\\n  2\\\n# comment \\\n  3\nB=x", "2 S/A=1  2 3|6 S/B=x|"},
        {"[S]\nA=1\\\\\nB=2", "2 S/A=1\\\\|3 S/B=2|"},
        {"[S]\nA=1 \\", "2 S/A=1|"},
        {"[S]\nA=\"x = y\" '# no comment'", "2 S/A=\"x = y\" '# no comment'|"},
        {"[S]\r\nA=1\r\n", "2 S/A=1|"},
        {"\xef\xbb\xbf[S]\nA=1", "2 S/A=1|"},
        {"[X-Own]\nAny thing=1", "2 X-Own/Any thing=1|"},
        {"[S]\nA=\\\n\\\nB=2", "2 S/A=B=2|"},
    };
    for (auto const& [text, shown] : table) {
        auto const& this_text = text; // clang 14 captures no structured binding
        CAPTURE(this_text);
        auto const unit = parse_unit(text, "x.service");
        REQUIRE_MESSAGE(unit, render(unit.error()));
        CHECK(flat(*unit) == shown);
    }
}

TEST_CASE("what systemd would ignore with a warning is an error") {
    struct {
        std::string text;
        std::string message;
    } const table[] = {
        {"A=1\n", "x.service:1: an assignment before the first section"},
        {"[S]\nabc\n", "x.service:2: not an assignment: 'abc'"},
        {"[S]\n=1\n", "x.service:2: not an assignment: '=1'"},
        {"[S\nA=1\n", "x.service:1: not a section header: '[S'"},
        {"[]\nA=1\n", "x.service:1: not a section header: '[]'"},
        {std::string("[S]\nA=\0\n", 8), "x.service:2: NUL byte in a unit file"},
        {"[S]\nA=" + std::string(2 << 20, 'a'),
         "x.service:2: the line is longer than systemd reads"},
    };
    for (auto const& [text, message] : table) {
        auto const unit = parse_unit(text, "x.service");
        REQUIRE_FALSE(unit);
        CHECK(unit.error().message == message);
    }
}

TEST_CASE("values of a key") {
    auto const unit = parse_unit("[S]\nA=0\nA=\nA=1\nB=9\nA=2\n[T]\nA=3\n", "x");
    REQUIRE(unit);
    using list = std::vector<std::string>;
    CHECK(unit->values("S", "A") == list{"0", "", "1", "2"});
    CHECK(unit->effective("S", "A") == list{"1", "2"});
    CHECK(unit->effective("S", "C") == list{});
    CHECK(unit->last("S", "A") == "2");
    CHECK(unit->last("S", "C").empty());
}
