#include "dynix/session/build.hpp"

#include "dynix/base/file.hpp"
#include "dynix/evaluation/certify.hpp"
#include "dynix/process/fake_runner.hpp"
#include "dynix/session/certificates.hpp"
#include "dynix/session/test_system.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

using namespace dynix;
using namespace dynix::session;

namespace {

namespace fs = std::filesystem;

// A machine in a folder, and a Nix that prints `said` and builds /nix/store/x-activate.
struct test_machine {
    explicit test_machine(std::string const& entries = {}, std::string said = {}) : host(entries) {
        fs::permissions(host.folder.path(""), fs::perms(0755)); // others may read what is in it
        std::ofstream(host.folder.path("system.json"))
            << R"({"version": 1, "units": {}, "services": {}, "dynamicFile": ")" << host.file
            << R"(", "source": {"kind": "file", "file": "/etc/nixos/system.nix", "attribute": []}})";
        process::outcome ended;
        ended.out = "/nix/store/x-activate\n";
        ended.err = std::move(said);
        nix.answers.emplace_back(std::move(ended));
        where.root = host.folder.path("root");
        request.system = host.folder.path("system.json");
        request.on_progress = [this](build_progress const& what) {
            seen.push_back(
                std::string(to_string(what.stage)) + (what.begins ? " begins" : " ended"));
        };
    }

    result<built_plan> build() { return session::build(request, {nix, time, where}); }

    // The value of --argstr NAME.
    std::string given(std::string const& name) const {
        auto const& args = nix.calls.at(0).args;
        auto const found = std::find(args.begin(), args.end(), name);
        return found == args.end() || found + 1 == args.end() ? "(none)" : *(found + 1);
    }

    test_files host;
    process::fake_runner nix{};
    ticking_clock time{};
    host::paths where{};
    build_request request{};
    std::vector<std::string> seen{};
};

using words = std::vector<std::string>;

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

namespace {

// One whose system has a certificate with slices.
struct certified_machine : test_machine {
    explicit certified_machine(std::string slices = "{}") {
        auto const& folder = host.folder;
        for (auto const* name : {"bin", "conf", "system", "root/run", "root/var/cache"})
            fs::create_directories(folder.path(name));
        std::ofstream(folder.path("bin/nix-build")) << "#!/bin/sh\n";
        fs::permissions(folder.path("bin/nix-build"), fs::perms(0755));
        setenv("PATH", folder.path("bin").c_str(), 1);
        std::ofstream(folder.path("conf/system.nix")) << "{ }";
        std::ofstream(folder.path("system.json"))
            << R"({"version": 1, "units": {}, "services": {}, "dynamicFile": ")" << host.file
            << R"(", "source": {"kind": "file", "file": ")" << folder.path("conf/system.nix")
            << R"(", "attribute": []}})";
        fs::create_symlink(folder.path("system"), where.root + "/run/current-system");
        auto const record = read_system(request.system);
        REQUIRE(record);
        auto const what = binding_of(*record, where, nix);
        REQUIRE(what);
        auto key = evaluation::current_key(*what);
        REQUIRE(key);
        made.key = *key;
        made.running = what->running;
        made.search_path = what->search_path;
        evaluation::store const store{where.root};
        REQUIRE(evaluation::save_slices(store, made, {std::move(slices), {}}));
        file = store.slices_of(made.running);
        request.on_note = [this](std::string_view what_is) { notes.emplace_back(what_is); };
    }
    ~certified_machine() { setenv("PATH", path.c_str(), 1); }
    certified_machine(certified_machine const&) = delete;
    certified_machine& operator=(certified_machine const&) = delete;

    bool has(std::size_t call, std::string const& word) const {
        auto const& args = nix.calls.at(call).args;
        return std::find(args.begin(), args.end(), word) != args.end();
    }
    void ends_first(std::string said) {
        process::outcome ended;
        ended.exit_code = 1;
        ended.err = std::move(said);
        nix.answers.emplace_front(std::move(ended));
    }

    std::string path = std::getenv("PATH");
    evaluation::certificate made{};
    std::string file{};
    words notes{};
};

} // namespace

TEST_CASE("with slices, nothing else is evaluated") {
    certified_machine machine;
    REQUIRE(machine.build());
    CHECK(machine.nix.calls.size() == 1);
    CHECK(machine.given("slices") == machine.file);
    CHECK(machine.given("derivations") == "kept");
    CHECK(!machine.has(0, "certificate"));
    CHECK(machine.notes.empty());
}

TEST_CASE("what was edited since the proof is found behind the slices") {
    certified_machine machine;
    std::ofstream(machine.host.folder.path("conf/system.nix")) << "{ a = 1; }";
    SUBCASE("that evaluate") {
        machine.nix.answers.push_back(machine.nix.answers.front());
    }
    SUBCASE("that end") {
        machine.ends_first("error: syntax error\n");
    }
    SUBCASE("that read another file") {
        machine.ends_first("error: access to path '/srv/a' is forbidden in restricted mode\n");
    }
    REQUIRE(machine.build());
    REQUIRE(machine.nix.calls.size() == 2);
    CHECK(machine.has(0, "slices"));
    CHECK(!machine.has(1, "slices"));
    CHECK(!machine.has(1, "restrict-eval"));
    auto const& args = machine.nix.calls[1].args;
    auto const certificate = std::find(args.begin(), args.end(), "certificate");
    REQUIRE(certificate != args.end());
    CHECK((certificate + 1)->empty());
    REQUIRE(machine.notes.size() == 1);
    CHECK(
        machine.notes[0].find("the certificate is not used: the configuration or Nix is not") == 0);
}

TEST_CASE("a plan of a system that does not run any more is refused") {
    certified_machine machine;
    machine.nix.answers.front()->err = "evaluating\n";
    auto const current = machine.where.root + "/run/current-system";
    machine.request.on_line = [&](std::string_view) {
        fs::remove(current);
        fs::create_symlink(machine.host.folder.path("other"), current);
        machine.request.on_line = {};
    };
    machine.nix.answers.push_back(machine.nix.answers.front());
    auto const built = machine.build();
    REQUIRE_FALSE(built);
    CHECK(built.error().message == "another system runs since Nix began");
}

TEST_CASE("a path that leads elsewhere while Nix reads is found behind the slices") {
    certified_machine machine;
    auto const& folder = machine.host.folder;
    fs::create_directories(folder.path("other"));
    std::ofstream(folder.path("other/system.nix")) << "{ }";
    // The certificate is of 'conf', which the path leads to before and after.
    fs::rename(folder.path("conf"), folder.path("mine"));
    fs::create_directory_symlink(folder.path("other"), folder.path("conf"));
    machine.nix.answers.push_back(machine.nix.answers.front());
    machine.nix.answers.front()->err = "evaluating\n";
    machine.request.on_line = [&](std::string_view) {
        fs::remove(folder.path("conf"));
        fs::rename(folder.path("mine"), folder.path("conf"));
        machine.request.on_line = {};
    };
    REQUIRE(machine.build());
    REQUIRE(machine.nix.calls.size() == 2);
    CHECK(!machine.has(1, "slices"));
    CHECK(!machine.has(1, "restrict-eval"));
}

TEST_CASE("where they name a derivation that is gone, packages are evaluated") {
    certified_machine machine{R"({"c":{"/nix/store/is-not-there.drv":{}}})"};
    REQUIRE(machine.build());
    CHECK(machine.given("slices") == machine.file);
    CHECK(machine.given("derivations").empty());
}

TEST_CASE("where they do not suffice, the whole configuration is evaluated, with a note") {
    certified_machine machine;
    machine.ends_first("error: evaluation aborted with the following error message: 'dynix-slice "
                       "services.bar.other'\n");
    REQUIRE(machine.build());
    REQUIRE(machine.nix.calls.size() == 2);
    CHECK(!machine.has(1, "slices"));
    CHECK(machine.has(1, "certificate"));
    REQUIRE(machine.notes.size() == 1);
    CHECK(
        machine.notes[0] == "the whole configuration is evaluated, because the slice does not "
                            "suffice: dynix-slice services.bar.other");
}

TEST_CASE("so it is for any other error, but not after Ctrl-C") {
    certified_machine machine;
    SUBCASE("another error") {
        machine.ends_first("error: infinite recursion encountered\n");
        CHECK(machine.build());
        CHECK(machine.nix.calls.size() == 2);
    }
    SUBCASE("a Nix that was killed, or took too long, says none") {
        machine.ends_first("");
        machine.nix.answers.front()->timed_out = true;
        CHECK(machine.build());
        CHECK(machine.nix.calls.size() == 2);
    }
    SUBCASE("interrupted") {
        machine.ends_first("error: interrupted by the user\n");
        CHECK(!machine.build());
        CHECK(machine.nix.calls.size() == 1);
    }
    SUBCASE("interrupted, and Nix says nothing of it") {
        machine.ends_first("");
        machine.nix.answers.front()->interrupted = 2;
        CHECK(!machine.build());
        CHECK(machine.nix.calls.size() == 1);
    }
}

TEST_CASE("slices that are not those of the certificate are not used, and neither where all is "
          "compared") {
    certified_machine machine;
    SUBCASE("others") {
        std::ofstream(machine.file) << "{ }";
    }
    SUBCASE("compared") {
        machine.request.no_certificate = true;
    }
    REQUIRE(machine.build());
    CHECK(machine.nix.calls.size() == 1);
    CHECK(!machine.has(0, "slices"));
    CHECK(machine.has(0, "certificate"));
}

TEST_CASE("a part of the dynamic file is nothing for slices, which read all of it") {
    certified_machine machine;
    machine.request.chosen = "{ }";
    auto const built = machine.build();
    REQUIRE(built);
    CHECK(machine.nix.calls.size() == 1);
    CHECK(!machine.has(0, "slices"));
    CHECK(machine.given("chosenFile") == built->chosen.path());
    CHECK(machine.notes.empty());
}
