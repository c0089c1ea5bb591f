#include "dynix/plan/build.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/plan/nix.hpp"
#include "dynix/process/fake_runner.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>

using namespace dynix;
using namespace dynix::plan;

namespace {

build_options of(system_source source) {
    build_options options;
    options.source = std::move(source);
    options.dynamic_file = "/etc/nixos/dynamic.nix";
    options.out_link.clear();
    return options;
}

std::string value_of(process::command const& what, std::string const& name) {
    auto const& args = what.args;
    for (std::size_t i = 0; i + 2 < args.size(); ++i)
        if (args[i] == "--argstr" && args[i + 1] == name)
            return args[i + 2];
    return "(none)";
}

std::string expression_of(process::command const& what) {
    auto const flag = std::find(what.args.begin(), what.args.end(), "--expr");
    return flag == what.args.end() ? "" : *(flag + 1);
}

} // namespace

TEST_CASE("paths reach Nix as values, never as parts of the expression") {
    auto const hostile = std::string("/a\" + throw \"x${y}");
    system_source source;
    source.kind = source_kind::file;
    source.file = hostile;
    source.attribute = {"nixosConfigurations", "my.host\""};
    auto const command = build_command(of(source));
    CHECK(command.program == "nix-build");
    CHECK(value_of(command, "file") == hostile);
    CHECK(value_of(command, "attribute") == R"(["nixosConfigurations","my.host\""])");
    CHECK(value_of(command, "dynamicFile") == "/etc/nixos/dynamic.nix");
    CHECK(value_of(command, "chosenFile").empty());
    CHECK(expression_of(command).find(hostile) == std::string::npos);
    CHECK(std::count(command.args.begin(), command.args.end(), "--no-out-link") == 1);
}

TEST_CASE("what an earlier plan found, and how much memory there is, reaches Nix") {
    auto options = of({});
    CHECK(value_of(build_command(options), "knownBystanders").empty());
    CHECK(!build_command(options).environment.contains("NIX_PATH"));
    CHECK(!build_command(options).environment.contains("GC_INITIAL_HEAP_SIZE"));
    options.running = "/nix/store/x-nixos-system";
    options.known_bystanders = "0b18";
    options.certificate = R"({"proved":[]})";
    options.search_path = "nixpkgs=/nixpkgs";
    CHECK(value_of(build_command(options), "hideValues").empty());
    options.hide_values = true;
    CHECK(value_of(build_command(options), "hideValues") == "yes");
    options.heap_bytes = heap_for_nix("MemTotal: 1 kB\nMemAvailable:    4194304 kB\n");
    auto const command = build_command(options);
    CHECK(value_of(command, "running") == "/nix/store/x-nixos-system");
    CHECK(value_of(command, "knownBystanders") == "0b18");
    CHECK(value_of(command, "certificate") == R"({"proved":[]})");
    CHECK(command.environment.at("NIX_PATH") == "nixpkgs=/nixpkgs");
    CHECK(command.environment.at("GC_INITIAL_HEAP_SIZE") == "1073741824");
}

TEST_CASE("a system with runtime modules is evaluated with them, and their names are data") {
    auto options = of({});
    auto const without = build_command(options);
    CHECK(std::count(without.args.begin(), without.args.end(), "modules") == 0);
    CHECK(expression_of(without).find("runtimeModules") == std::string::npos);
    options.modules = {"gaming", "a\"${b}"};
    auto const command = build_command(options);
    CHECK(value_of(command, "modules") == R"(["gaming","a\"${b}"])");
    CHECK(expression_of(command).find("gaming") == std::string::npos);
    CHECK(expression_of(command).find("runtimeModules.extended") != std::string::npos);
}

TEST_CASE("the memory that Nix begins with is a small part of what there is") {
    constexpr std::uint64_t gib = 1ULL << 30;
    CHECK(heap_for_nix("MemAvailable: 67108864 kB\n") == 2 * gib);
    CHECK(heap_for_nix("MemAvailable: 1048576 kB\n") == 0); // Nix takes more by itself
    CHECK(heap_for_nix("MemAvailable: many\n") == 0);
    CHECK(heap_for_nix("MemAvailable:") == 0);
    CHECK(heap_for_nix("") == 0);
}

TEST_CASE("only a flake asks for the experimental features") {
    auto const asks = [](source_kind kind) {
        system_source source;
        source.kind = kind;
        auto const args = build_command(of(source)).args;
        return std::count(args.begin(), args.end(), "--extra-experimental-features") == 1;
    };
    CHECK(asks(source_kind::flake));
    CHECK(!asks(source_kind::file));
    CHECK(!asks(source_kind::configuration));
}

TEST_CASE("the script is what nix-build printed last, and its folder of links is made") {
    test_folder const folder;
    process::fake_runner runner;
    process::outcome good;
    good.out = "/nix/store/other\n/nix/store/x-dynix-activation\n";
    runner.answers.push_back(good);
    auto options = of({});
    options.out_link = folder.path("run/pending");
    auto const built = build_script(options, runner);
    REQUIRE(built);
    CHECK(built->store_path == "/nix/store/x-dynix-activation");
    CHECK(folder.names() == std::vector<std::string>{"run"});
}

TEST_CASE("what Nix said is part of the error, its end when it is long") {
    process::fake_runner runner;
    process::outcome bad;
    bad.exit_code = 1;
    bad.err = std::string(100'000, 'x') + "\nerror: attribute 'maxJob' missing\n";
    runner.answers.push_back(bad);
    auto const built = build_script(of({}), runner);
    REQUIRE(!built);
    auto const text = render(built.error());
    CHECK(text.find("exit code 1") != std::string::npos);
    CHECK(text.find("error: attribute 'maxJob' missing") != std::string::npos);
    CHECK(text.size() < 20'000);
}

TEST_CASE("the error of Nix comes before its trace") {
    std::pair<char const*, std::vector<std::string>> const table[] = {
        {"", {}},
        {"error: undefined variable 'x'\n\n       at /a.nix:1:1:\n",
         {"what Nix said:\nerror: undefined variable 'x'\n\n       at /a.nix:1:1:\n"}},
        {"error:\n       … while calling 'head'\n         at /a.nix:1:1:\n\n"
         "       error: undefined variable 'x'\n       at /b.nix:2:2:\n",
         {"the error of Nix: undefined variable 'x'"}},
        {"warning: x\nerror:\n       … while calling 'head'\n\n       error:\n"
         "       Failed assertions:\n       - none\n",
         {"the error of Nix: Failed assertions:"}},
        {"error: \nFailed assertions:\n- none\n", {"the error of Nix: Failed assertions:"}},
        {"these derivations will be built:\n  /nix/store/x.drv\n", {}},
    };
    for (auto const& row : table) {
        auto const* const said = row.first; // clang 14 captures no structured binding
        CAPTURE(said);
        auto wanted = row.second;
        if (*said != '\0' && (wanted.empty() || !wanted.back().starts_with("what")))
            wanted.push_back(std::string("what Nix said:\n") + said);
        std::vector<std::string> found;
        for (auto const& one : nix::notes_on(said))
            found.push_back(one.message);
        CHECK(found == wanted);
    }
}

TEST_CASE("what may help when Nix takes too long is nothing that leaves its time as it is") {
    process::fake_runner runner;
    process::outcome late;
    late.timed_out = true;
    runner.answers.push_back(late);
    auto const built = build_script(of({}), runner);
    REQUIRE(!built);
    CHECK(built.error().message.find("timed out") != std::string::npos);
    CHECK(built.error().hint.find("--timeout") == std::string::npos);
    CHECK(built.error().hint.find("'--verbose' shows what it is at") != std::string::npos);
}

TEST_CASE("lines that were shown as they came are not shown again") {
    process::fake_runner runner;
    process::outcome bad;
    bad.exit_code = 1;
    bad.err = "error: no\n";
    runner.answers.push_back(bad);
    std::string seen;
    auto options = of({});
    options.on_line = [&](std::string_view line) { seen += line; };
    options.lines_are_shown = true;
    auto const built = build_script(options, runner);
    REQUIRE(!built);
    CHECK(seen == "error: no");
    CHECK(render(built.error()).find("error: no\n") == std::string::npos);
}

TEST_CASE("that Nix has evaluated is told, and is no line of its own") {
    process::fake_runner runner;
    process::outcome bad;
    bad.exit_code = 1;
    bad.err = "reading\ntrace: dynix: evaluated\nbuilding\nerror: no\n";
    runner.answers.push_back(bad);
    runner.answers.push_back(bad);
    auto options = of({});
    std::vector<std::string> seen;
    options.on_line = [&](std::string_view line) { seen.emplace_back(line); };
    options.on_evaluated = [&] { seen.emplace_back("(evaluated)"); };
    auto const built = build_script(options, runner);
    REQUIRE(!built);
    CHECK(seen == std::vector<std::string>{"reading", "(evaluated)", "building", "error: no"});
    CHECK(render(built.error()).find("reading\nbuilding\nerror: no") != std::string::npos);
    // Who does not ask is given what was there before.
    options.on_evaluated = {};
    CHECK(expression_of(build_command(options)).find("trace") == std::string::npos);
}

TEST_CASE("Nix has evaluated when all that the script is made of is read") {
    if (!process::find_program("nix-build")) {
        MESSAGE("skipped: there is no Nix");
        return;
    }
    test_folder const folder;
    system_source source;
    source.kind = source_kind::file;
    source.file = folder.path("system.nix");
    std::ofstream(source.file) << R"(
        { config.dynamicism.applyDynamicConfiguration = _: derivation {
            name = "script";
            system = builtins.trace "read of the system" "none-dynix";
            builder = "/none";
            args = [ (builtins.readFile ./later) (builtins.trace "read late" "") ];
          };
        })";
    std::ofstream(folder.path("later")) << "text";
    auto options = of(source);
    std::vector<std::string> seen;
    options.on_line = [&](std::string_view line) {
        if (line.find("read") != line.npos || line.find("will be built") != line.npos)
            seen.emplace_back(line);
    };
    options.on_evaluated = [&] { seen.emplace_back("(evaluated)"); };
    // No such machine builds it. It is in a store of its own, with nobody to ask for it.
    auto command = build_command(options);
    command.args.insert(
        command.args.end(),
        {"--store", "local?root=" + folder.path("store"), "--option", "substitute", "false"});
    auto const ended = process::make_runner()->run(command);
    REQUIRE(ended);
    CHECK(!ended->success());
    REQUIRE(seen.size() >= 3);
    CHECK(std::count(seen.begin(), seen.begin() + 2, "trace: read of the system") == 1);
    CHECK(std::count(seen.begin(), seen.begin() + 2, "trace: read late") == 1);
    CHECK(seen[2] == "(evaluated)");
}

TEST_CASE("an answer that names no path is an error") {
    process::fake_runner runner;
    runner.answers.push_back(process::outcome{});
    CHECK(!build_script(of({}), runner));
}
