#include "dynix/process/command.hpp"

#include "dynix/test.hpp"

using namespace dynix::process;

TEST_CASE("a command is shown as a shell would take it") {
    struct {
        command what;
        std::string_view shown;
    } const table[] = {
        {{.program = "nix-build", .args = {"-E", "{ a }: a", "--argstr", "a", "/x"}},
         "nix-build -E '{ a }: a' --argstr a /x"},
        {{.program = "echo", .args = {"", "it's", "a\nb", "$x"}}, "echo '' 'it'\\''s' 'a\nb' '$x'"},
        {{.program = "env", .environment = {{"A", "b c"}}}, "A='b c' env"},
    };
    for (auto const& [what, shown] : table)
        CHECK(shell_text(what) == shown);
}

TEST_CASE("an end is put in words") {
    CHECK(describe({.exit_code = 3}) == "exit code 3");
    CHECK(describe({.signal = 9}) == "killed by signal 9 (Killed)");
    CHECK(describe({.signal = 15, .timed_out = true}) == "timed out");
    CHECK(describe({.interrupted = 2}) == "interrupted by signal 2");
    CHECK(outcome{}.success());
    CHECK_FALSE(outcome{.timed_out = true}.success());
}
