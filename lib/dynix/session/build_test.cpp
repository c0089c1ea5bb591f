#include "dynix/session/test_build.hpp"

#include "dynix/base/file.hpp"

#include <algorithm>
#include <filesystem>

using namespace dynix;
using namespace dynix::session;

namespace {

namespace fs = std::filesystem;

} // namespace

TEST_CASE("Nix builds the script of the file that the system names") {
    test_machine machine;
    auto const built = machine.build();
    REQUIRE(built);
    CHECK(built->store_path == "/nix/store/x-activate");
    CHECK(built->file == machine.host.file);
    CHECK(machine.given("dynamicFile") == machine.host.file);
    CHECK(machine.given("verify") == "quick");
    CHECK(machine.given("knownBystanders").empty());
    CHECK(machine.given("running").empty());
    CHECK(machine.given("hideValues") == (is_public(machine.host.file) ? "" : "yes"));
    // No GC root without root's rights.
    CHECK(machine.given("--out-link") == "(none)");
}

TEST_CASE("a file that was named is taken by its absolute path, and must be there") {
    test_machine machine;
    auto const other = machine.host.folder.path("x/../other.nix");
    machine.request.file = other;
    auto const missing = machine.build();
    REQUIRE_FALSE(missing);
    CHECK(missing.error().message == "'" + other + "' does not exist");
    CHECK(machine.nix.calls.empty());
    fs::create_directory(machine.host.folder.path("x"));
    std::ofstream(other) << file_with("").text;
    machine.request.verify = plan::verification::full;
    auto const built = machine.build();
    REQUIRE(built);
    CHECK(built->file == machine.host.folder.path("other.nix"));
    CHECK(machine.given("verify") == "full");
}

TEST_CASE("the runtime modules of the system that runs are part of what is evaluated") {
    test_machine machine;
    auto const folder = machine.where.current_system() + "/etc/dynix";
    fs::create_directories(folder);
    std::ofstream(folder + "/modules.json") << "{";
    // Without them it might be another system.
    CHECK_FALSE(machine.build());
    CHECK(machine.nix.calls.empty());
    std::ofstream(folder + "/modules.json") << R"({"version": 1, "enabled": ["a"]})";
    REQUIRE(machine.build());
    CHECK(machine.given("modules") == R"(["a"])");
}

TEST_CASE("a slip in the file, or in how the system is evaluated, costs no evaluation") {
    test_machine machine;
    std::ofstream(machine.host.file) << "{ not entries }";
    CHECK_FALSE(machine.build());
    machine.request.system = machine.host.folder.path("none.json");
    auto const none = machine.build();
    REQUIRE_FALSE(none);
    CHECK(none.error().message.find("this system was built without dynix") != std::string::npos);
    CHECK(machine.nix.calls.empty());
    CHECK(machine.seen.empty());
}

TEST_CASE("what was chosen is in a file of its own, for as long as it is needed") {
    test_machine machine;
    std::string path;
    machine.request.chosen = "{ }";
    {
        auto const built = machine.build();
        REQUIRE(built);
        path = built->chosen.path();
        auto const text = read_file(path);
        REQUIRE(text);
        CHECK(*text == "{ }");
    }
    CHECK(machine.given("chosenFile") == path);
    CHECK(machine.given("dynamicFile") == machine.host.file);
    CHECK_FALSE(fs::exists(path));
    CHECK(fs::exists(machine.host.file));
}

TEST_CASE("what only its owner can read stays out of the plan") {
    test_machine machine;
    fs::permissions(machine.host.file, fs::perms::owner_read);
    REQUIRE(machine.build());
    CHECK(machine.given("hideValues") == "yes");
}

TEST_CASE("what an earlier plan compared is not compared again on the same system") {
    test_machine machine;
    fs::create_directories(machine.where.pending());
    fs::create_symlink("/nix/store/y-nixos-system", machine.where.run() + "/current-system");
    std::ofstream(machine.where.pending() + "/plan.json")
        << R"({"version": 1, "dynamicFile": "/d.nix", "configuration": "", "services": [],)"
        << R"( "overrides": [], "problems": [], "warnings": [], "verify": "quick", "leaks": [],)"
        << R"( "bystanders": "0b18"})";
    REQUIRE(machine.build());
    CHECK(machine.given("running") == "/nix/store/y-nixos-system");
    CHECK(machine.given("knownBystanders") == "0b18");
}

TEST_CASE("the stages are told by what Nix prints, and timed") {
    test_machine quick;
    auto const evaluated = quick.build();
    REQUIRE(evaluated);
    CHECK(quick.seen == words{"evaluate begins", "evaluate ended"});
    REQUIRE(evaluated->times.size() == 1);
    CHECK(evaluated->times[0].name == "evaluate");
    CHECK(evaluated->times[0].elapsed == std::chrono::seconds(1));

    test_machine slow(
        {}, "warning: these are no derivations\nthese 2 derivations will be built:\n"
            "building '/nix/store/z.drv'...\n");
    words lines;
    slow.request.on_line = [&](std::string_view line) { lines.emplace_back(line); };
    auto const built = slow.build();
    REQUIRE(built);
    CHECK(slow.seen == words{"evaluate begins", "evaluate ended", "build begins", "build ended"});
    REQUIRE(built->times.size() == 2);
    CHECK(built->times[1].name == "build");
    CHECK(lines.size() == 3);
}

TEST_CASE("a build that fails ends no stage") {
    test_machine machine;
    process::outcome failed;
    failed.exit_code = 1;
    failed.err = "error: undefined variable 'x'\n";
    machine.nix.answers = {failed};
    auto const built = machine.build();
    REQUIRE_FALSE(built);
    REQUIRE(built.error().notes.size() == 1);
    CHECK(machine.seen == words{"evaluate begins"});
    // What was shown as it came is not said once more.
    machine.nix.answers = {failed};
    machine.request.lines_are_shown = true;
    auto const again = machine.build();
    REQUIRE_FALSE(again);
    CHECK(again.error().notes.empty());
}
