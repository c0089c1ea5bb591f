#include "dynix/units/exec_command.hpp"

#include "dynix/test.hpp"
#include "dynix/units/extract_word.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace dynix;
using namespace dynix::units;

namespace {

std::string shown(std::string_view value) {
    auto const commands = split_command_line(value);
    if (!commands)
        return "error: " + commands.error().message;
    std::string out;
    for (auto const& one : *commands) {
        out += out.empty() ? "" : " ; ";
        out += '<' + one.argv0.show() + '>';
        for (auto const& arg : one.args)
            out += '<' + arg.show() + '>';
    }
    return out;
}

} // namespace

TEST_CASE("command lines are split as systemd splits them") {
    struct {
        std::string_view value;
        std::string_view result;
    } const table[] = {
        {"/bin/a", "</bin/a>"},
        {"/bin/a  b\t c ", "</bin/a><b><c>"},
        {"/bin/a \"b c\" 'd \"e' x\"y z\"", "</bin/a><b c><d \"e><xy z>"},
        {"/bin/a \"\" ''", "</bin/a><><>"},
        {R"(/bin/a \x41\102\n\s\\ é\u00e9 \q)", "</bin/a><AB\n \\><éé><\\q>"},
        {"-/bin/a", "</bin/a>"},
        {"@/bin/a zero one", "<zero><one>"},
        {"-@!!:/bin/a zero $X", "<zero><$X>"},
        {"/bin/a $X ${Y} a${Z}b $$c x$y", "</bin/a><*><*><a*b><$c><x$y>"},
        {"/bin/a %i a%%b %", "</bin/a><*><a%b><%>"},
        {"/bin/a b ; /bin/c d", "</bin/a><b> ; </bin/c><d>"},
        {"/bin/a b \\; c;d ;", "</bin/a><b><;><c;d>"},
        {"/bin/a \"b", "error: a quote is not closed in '\"b'"},
        {"@", "error: no program in the command '@'"},
        {"", ""},
    };
    for (auto const& [value, result] : table) {
        auto const& this_value = value; // clang 14 captures no structured binding
        CAPTURE(this_value);
        CHECK(shown(value) == result);
    }
}

TEST_CASE("a live command line is recognised") {
    using argv = std::vector<std::string>;
    struct {
        std::string_view value;
        argv live;
        bool matches;
    } const table[] = {
        {"/bin/a b c", {"/bin/a", "b", "c"}, true},
        {"/bin/a b c", {"/bin/a", "b"}, false},
        {"/bin/a b", {"/bin/a", "b", "c"}, false},
        {"/bin/a b", {"/bin/x", "b"}, false},
        {"/bin/a", {"(a)"}, false},
        {"/bin/a", {}, false},
        // a script: interpreter, its options, script, arguments
        {"/s/start", {"/bin/bash", "/s/start"}, true},
        {"/s/start x", {"/bin/bash", "-e", "/s/start", "x"}, true},
        {"/s/start x", {"/bin/bash", "-e", "/s/start", "y"}, false},
        // the kernel replaces a script's argv[0] by its path
        {"@/s/start zero x", {"/bin/bash", "/s/start", "x"}, true},
        {"@/bin/a zero x", {"zero", "x"}, true},
        {"@/bin/a zero x", {"/bin/a", "x"}, false},
        {"a b", {"a", "b"}, true},
        {"a b", {"/bin/sh", "/usr/bin/a", "b"}, true},
        {"/bin/a --id=%i-x ${N}", {"/bin/a", "--id=7-x", "anything"}, true},
        {"/bin/a --id=%i-x ${N}", {"/bin/a", "--id=7-y", "anything"}, false},
        {"/bin/a $OPTS end", {"/bin/a", "end"}, true},
        {"/bin/a $OPTS end", {"/bin/a", "1", "2", "end"}, true},
        {"/bin/a $OPTS end", {"/bin/a", "1", "2"}, false},
    };
    for (auto const& [value, live, matches] : table) {
        auto const text = fmt::format("{}", fmt::join(live, " "));
        auto const& this_value = value; // clang 14 captures no structured binding
        CAPTURE(this_value);
        CAPTURE(text);
        auto const commands = split_command_line(value);
        REQUIRE(commands);
        CHECK(commands->at(0).matches(live) == matches);
    }
}

TEST_CASE("the environment a unit asks for") {
    auto const unit = parse_unit(
        "[Service]\nEnvironment=LOST=1\nEnvironment=\n"
        "Environment=\"A=1 2\" B=x 'C=\"'\nEnvironment=B=%%y%n D=\nEnvironment=nonsense 1X=2 "
        "E=\\xff\n"
        "UnsetEnvironment=D\n",
        "x");
    REQUIRE(unit);
    auto const all = planned_environment(*unit);
    REQUIRE(all);
    std::string text;
    for (auto const& one : *all)
        text += one.name + '=' + one.value.show() + '|';
    CHECK(text == "A=1 2|C=\"|B=%y*|");
}

TEST_CASE("the command that stays") {
    struct {
        std::string_view text;
        std::string_view shown;
    } const table[] = {
        {"[Service]\nExecStart=/a\nExecStart=\nExecStart=/b x\n", "/b x"},
        {"[Service]\nType=oneshot\nExecStart=/a\nExecStart=/b ; /c d\n", "/c d"},
        {"[Service]\nExecStop=/a\n", ""},
        {"[Service]\nExecStart=/a\nExecStart=\n", ""},
    };
    for (auto const& [text, shown] : table) {
        auto const unit = parse_unit(text, "x");
        REQUIRE(unit);
        auto const command = planned_command(*unit);
        REQUIRE(command);
        CHECK((*command ? (*command)->show() : "") == shown);
    }
}
