#include "dynix/process/runner.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/process/fake_runner.hpp"
#include "dynix/test.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace dynix;
using namespace dynix::process;
using namespace std::chrono_literals;

namespace {

command shell(std::string script) {
    return {.program = "sh", .args = {"-c", std::move(script)}};
}

outcome run(command const& what) {
    auto ends = make_runner()->run(what);
    REQUIRE(ends);
    return *ends;
}

auto elapsed_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::steady_clock::now() - start;
}

} // namespace

TEST_CASE("both streams, the exit code, and no stdin") {
    auto const ends = run(shell("cat; echo out; echo err >&2; exit 7"));
    CHECK(ends.exit_code == 7);
    CHECK(ends.signal == 0);
    CHECK(ends.out == "out\n");
    CHECK(ends.err == "err\n");
    CHECK_FALSE(ends.success());
}

TEST_CASE("arguments, variables and the folder reach the child byte by byte") {
    test_folder folder;
    auto const ends = run(
        {.program = "/bin/sh",
         .args = {"-c", "printf '%s|' \"$@\" \"$X\" \"$PWD\"", "sh", "", "a b", "'\"\n$x"},
         .environment = {{"X", "new\nline"}},
         .folder = folder.path("")});
    CHECK(
        ends.out ==
        "|a b|'\"\n$x|new\nline|" + folder.path("").substr(0, folder.path("").size() - 1) + "|");
}

TEST_CASE("a death by signal is not an exit code") {
    auto const ends = run(shell("echo $$; kill -9 $$"));
    CHECK(ends.out == std::to_string(ends.process) + '\n');
    CHECK(ends.signal == SIGKILL);
    CHECK(ends.exit_code == 0);
    CHECK_FALSE(ends.success());
}

TEST_CASE("what cannot be started says why") {
    test_folder folder;
    REQUIRE(replace_file(folder.path("plain"), "text"));
    auto const runner = make_runner();
    struct {
        command what;
        std::string part;
    } const table[] = {
        {{.program = "no-such-program-here"}, "not found in PATH"},
        {{.program = ""}, "is empty"},
        {{.program = folder.path("plain")}, "Permission denied"},
        {{.program = folder.path("absent")}, "No such file"},
        {{.program = "sh", .args = {std::string("a\0b", 3)}}, "NUL byte"},
        {{.program = "sh", .folder = folder.path("absent")}, "No such file"},
        {{.program = folder.path("")}, "Permission denied"},
    };
    for (auto const& [what, part] : table) {
        auto const& this_what = what; // clang 14 captures no structured binding
        CAPTURE(this_what.program);
        auto const ends = runner->run(what);
        REQUIRE_FALSE(ends);
        CHECK_MESSAGE(ends.error().message.find(part) != std::string::npos, ends.error().message);
    }
}

TEST_CASE("a script with a missing interpreter is an error, and no second copy of us runs on") {
    test_folder folder;
    REQUIRE(replace_file(folder.path("script"), "#!/no/such/interpreter\n"));
    REQUIRE(::chmod(folder.path("script").c_str(), 0755) == 0);
    auto const ends = make_runner()->run({.program = folder.path("script")});
    REQUIRE_FALSE(ends);
    CHECK(ends.error().message.find("No such file") != std::string::npos);
}

TEST_CASE("a timeout ends the whole process group") {
    test_folder folder;
    auto const start = std::chrono::steady_clock::now();
    auto slow = shell(
        "(trap '' TERM; sleep 30; echo late > " + folder.path("late") + ") & echo begun; sleep 30");
    // Time for the shell to begin.
    slow.timeout = 1s;
    slow.grace = 200ms;
    auto const ends = run(slow);
    CHECK(ends.timed_out);
    CHECK(ends.signal == SIGTERM);
    CHECK(ends.out == "begun\n");
    CHECK(elapsed_since(start) < 25s);
    CHECK(elapsed_since(start) >= 1200ms); // the one that ignores SIGTERM had its grace
}

TEST_CASE("a daemon that holds the pipes does not hold us") {
    auto const start = std::chrono::steady_clock::now();
    auto const ends = run(shell("sleep 30 & echo done"));
    CHECK(ends.exit_code == 0);
    CHECK(ends.out == "done\n");
    CHECK(elapsed_since(start) < 25s);
}

TEST_CASE("a megabyte on both streams at once") {
    auto const ends = run(shell("head -c 1000000 /dev/zero | tr '\\0' o & "
                                "head -c 1000000 /dev/zero | tr '\\0' e >&2; wait"));
    CHECK(ends.out == std::string(1000000, 'o'));
    CHECK(ends.err == std::string(1000000, 'e'));
}

TEST_CASE("a flood is cut in the middle") {
    auto flood = shell("echo first; head -c 50000000 /dev/zero; echo; echo last");
    flood.capture_limit = 1000;
    auto const ends = run(flood);
    CHECK(ends.out.size() < 1100);
    CHECK(ends.out.starts_with("first\n"));
    CHECK(ends.out.ends_with("\nlast\n"));
    CHECK(ends.out.find("bytes left out") != std::string::npos);
}

TEST_CASE("lines come while the child runs, the last one also without its end") {
    std::vector<std::string> lines;
    auto what = shell("printf 'one\\n\\ntw'; sleep 0.05; printf 'o\\nthree'");
    what.out = destination::discard;
    what.on_out_line = [&](std::string_view line) { lines.emplace_back(line); };
    auto const ends = run(what);
    CHECK(lines == std::vector<std::string>{"one", "", "two", "three"});
    CHECK(ends.out.empty());
}

TEST_CASE("a discarded stream is nowhere") {
    auto what = shell("echo lost; echo kept >&2");
    what.out = destination::discard;
    auto const ends = run(what);
    CHECK(ends.out.empty());
    CHECK(ends.err == "kept\n");
}

TEST_CASE("Ctrl-C reaches the child, which may clean up, also as the first thing it does") {
    // Many, as only some find us between the child's start and what we do after it.
    for (int i = 0; i < 50; ++i) {
        auto const ends = run(shell("trap 'echo cleaned; exit 5' INT; kill -INT $PPID; "
                                    "while :; do sleep 0.02; done"));
        CHECK(ends.interrupted == SIGINT);
        CHECK(ends.exit_code == 5);
        CHECK(ends.out == "cleaned\n");
    }
}

TEST_CASE("an ignored signal stays ignored") {
    ::signal(SIGHUP, SIG_IGN);
    auto const ends = run(shell("kill -HUP $PPID; echo on"));
    CHECK(ends.success());
    CHECK(ends.out == "on\n");
    struct sigaction now {};
    ::sigaction(SIGHUP, nullptr, &now);
    CHECK((now.sa_handler == SIG_IGN));
    ::signal(SIGHUP, SIG_DFL);
}

TEST_CASE("a reader that goes away ends the child also where it would not end us") {
    auto const before = std::signal(SIGPIPE, SIG_IGN);
    auto const ends = run(shell("(while echo y; do :; done; echo went on >&2) | true"));
    std::signal(SIGPIPE, before);
    CHECK(ends.err.empty());
}

TEST_CASE("a child ends when we are killed") {
    test_folder folder;
    auto const told = folder.path("pid");
    auto const us = ::fork();
    REQUIRE(us >= 0);
    if (us == 0) {
        static_cast<void>(make_runner()->run(shell(
            "echo $$ > '" + told + ".new'; mv '" + told + ".new' '" + told + "'; exec sleep 60")));
        ::_exit(0);
    }
    auto const wait_for = [](auto const& met) {
        for (int i = 0; i < 12000 && !met(); ++i)
            std::this_thread::sleep_for(5ms);
        return met();
    };
    std::string pid;
    CHECK(wait_for([&] {
        auto const text = read_file(told);
        pid = text ? text->substr(0, text->find('\n')) : "";
        return !pid.empty();
    }));
    ::kill(us, SIGKILL);
    ::waitpid(us, nullptr, 0);
    CHECK(wait_for([&] {
        auto const about = read_file("/proc/" + pid + "/stat");
        // Nobody may have waited for it yet.
        return !about || about->find(") Z ") != std::string::npos;
    }));
}

TEST_CASE("programs are found as a shell finds them") {
    test_folder folder;
    REQUIRE(replace_file(folder.path("tool"), "#!/bin/sh\n"));
    auto const old = std::string(std::getenv("PATH"));
    ::setenv("PATH", ("/nowhere:" + folder.path("")).c_str(), 1);
    CHECK_FALSE(find_program("tool")); // not executable
    REQUIRE(::chmod(folder.path("tool").c_str(), 0755) == 0);
    auto const found = find_program("tool");
    ::setenv("PATH", old.c_str(), 1);
    REQUIRE(found);
    CHECK(*found == folder.path("") + "/tool");
    CHECK(*find_program("/bin/sh") == "/bin/sh");
}

TEST_CASE("the fake answers in order and remembers") {
    fake_runner fake;
    fake.answers.push_back(outcome{.exit_code = 1, .err = "a\nb\n"});
    std::vector<std::string> lines;
    auto const ends = fake.run({.program = "nix", .on_err_line = [&](std::string_view line) {
                                    lines.emplace_back(line);
                                }});
    REQUIRE(ends);
    CHECK(ends->exit_code == 1);
    CHECK(lines == std::vector<std::string>{"a", "b"});
    CHECK(fake.calls.at(0).program == "nix");
    CHECK_FALSE(fake.run({.program = "nix"}));
}
