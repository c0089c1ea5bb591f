#include "dynix/modules/extension.hpp"

#include "dynix/modules/closure.hpp"
#include "dynix/process/fake_runner.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace dynix;
using namespace dynix::modules;

namespace {

running_system running() {
    running_system now;
    now.system = "/nix/store/base";
    now.record.source.kind = plan::source_kind::file;
    now.record.source.file = "/etc/nixos/system.nix";
    return now;
}

std::string value_of(process::command const& what, std::string const& name) {
    for (std::size_t i = 0; i + 2 < what.args.size(); ++i)
        if (what.args[i] == "--argstr" && what.args[i + 1] == name)
            return what.args[i + 2];
    return "(none)";
}

constexpr auto good =
    R"({"version": 1, "base": "/nix/store/base", "enabled": ["a"], "problems": [], "warnings": ["w"],
        "toplevel": "/nix/store/with-a", "differences": [
          {"kind": "unit", "name": "a.service", "base": null, "extended": "[Service]"}]})";

} // namespace

TEST_CASE("Nix gets names as data, and the base that runs") {
    process::fake_runner runner;
    runner.answers.push_back(process::outcome{.out = "/nix/store/x-runtime-modules\n"});
    extension_options options;
    options.enabled = {"a", "b\"${x}"};
    auto const built = build_extension(running(), options, runner);
    REQUIRE(built);
    CHECK(*built == "/nix/store/x-runtime-modules");
    auto const& asked = runner.calls.front();
    CHECK(asked.program == "nix-build");
    CHECK(value_of(asked, "enabled") == R"(["a","b\"${x}"])");
    CHECK(value_of(asked, "runningBase") == "/nix/store/base");
    CHECK(value_of(asked, "file") == "/etc/nixos/system.nix");
    // Nothing asks the network for newer inputs.
    CHECK(std::ranges::find(asked.args, "--recreate-lock-file") == asked.args.end());
    CHECK(std::ranges::find(asked.args, "--no-out-link") != asked.args.end());
}

TEST_CASE("the base of a system with modules is what it says") {
    process::fake_runner runner;
    runner.answers.push_back(process::outcome{.out = "/nix/store/x\n"});
    auto now = running();
    now.system = "/nix/store/with-a";
    now.record.base = "/nix/store/base";
    REQUIRE(build_extension(now, {}, runner));
    CHECK(value_of(runner.calls.front(), "runningBase") == "/nix/store/base");
}

TEST_CASE("Nix that fails, hangs, is not there or says nothing") {
    process::fake_runner runner;
    runner.answers.push_back(
        process::outcome{.exit_code = 1, .err = "error: undefined variable 'x'\n"});
    runner.answers.push_back(process::outcome{.timed_out = true});
    runner.answers.push_back(make_error("'nix-build' is not in PATH"));
    runner.answers.push_back(process::outcome{});
    auto const failed = build_extension(running(), {}, runner);
    REQUIRE_FALSE(failed);
    CHECK(render(failed.error()).find("undefined variable") != std::string::npos);
    CHECK(failed.error().message == "Nix cannot build the system with these modules: exit code 1");
    for (int i = 0; i < 3; ++i)
        CHECK_FALSE(build_extension(running(), {}, runner));
}

TEST_CASE("an extension is read as Nix writes it") {
    auto const read = parse_extension(good, "x");
    REQUIRE(read);
    CHECK(read->base == "/nix/store/base");
    CHECK(read->system == "/nix/store/with-a");
    CHECK(read->enabled == std::vector<std::string>{"a"});
    CHECK(read->warnings == std::vector<std::string>{"w"});
    REQUIRE(read->differences.size() == 1);
    CHECK_FALSE(read->differences[0].base);
    CHECK(read->differences[0].extended == "[Service]");
    CHECK_FALSE(refusal(*read, running()));
}

TEST_CASE("no half of an extension is read") {
    std::string const text = good;
    for (std::size_t size = 0; size + 1 < text.size(); size += 7)
        CHECK_FALSE(parse_extension(text.substr(0, size), "x"));
    for (auto const* member :
         {"base", "enabled", "problems", "warnings", "toplevel", "differences"}) {
        auto broken = text;
        broken.replace(broken.find(member), 1, "X");
        CAPTURE(member);
        CHECK_FALSE(parse_extension(broken, "x"));
    }
    CHECK_FALSE(parse_extension(R"({"version": 9})", "x"));
}

TEST_CASE("another base is drift, and problems are named") {
    auto read = *parse_extension(good, "x");
    read.base = "/nix/store/newer";
    auto const drift = refusal(read, running());
    REQUIRE(drift);
    CHECK(drift->message == "the configuration on disk is not the one that runs");
    CHECK(render(*drift).find("/nix/store/newer") != std::string::npos);
    read.base = "/nix/store/base";
    read.problems = {"not here"};
    CHECK(render(*refusal(read, running())).find("not here") != std::string::npos);
    read.problems.clear();
    read.system.clear();
    CHECK(refusal(read, running()));
}

TEST_CASE("what a system adds to the store") {
    process::fake_runner runner;
    runner.answers.push_back(process::outcome{.out = "/nix/store/a\n/nix/store/b\n/nix/store/c\n"});
    runner.answers.push_back(process::outcome{.out = "/nix/store/b\n"});
    runner.answers.push_back(process::outcome{.out = "1000\n2500\n"});
    auto const size = added_size("/nix/store/a", "/nix/store/b", runner);
    REQUIRE(size);
    CHECK(*size == 3500);
    CHECK(
        runner.calls[2].args ==
        std::vector<std::string>{"--query", "--size", "/nix/store/a", "/nix/store/c"});
    CHECK(size_text(0) == "0 B");
    CHECK(size_text(999) == "999 B");
    CHECK(size_text(3500) == "3.5 kB");
    CHECK(size_text(1'234'567'890) == "1.2 GB");
}
