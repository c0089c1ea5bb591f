#include "dynix/session/test_build.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

using namespace dynix;
using namespace dynix::session;

namespace {

namespace fs = std::filesystem;

} // namespace

TEST_CASE("with slices, nothing else is evaluated") {
    certified_machine machine;
    REQUIRE(machine.build());
    CHECK(machine.nix.calls.size() == 1);
    // Nix does not say so when it takes a file that it may not read for none, so a value, or a
    // module that is given one, would be answered otherwise than by the whole configuration.
    CHECK(!machine.has(0, "restrict-eval"));
    CHECK(machine.given("slices") == machine.file);
    CHECK(machine.given("derivations") == "kept");
    CHECK(machine.given("gone") == "[]");
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
    REQUIRE(machine.build());
    REQUIRE(machine.nix.calls.size() == 2);
    CHECK(machine.has(0, "slices"));
    CHECK(!machine.has(1, "slices"));
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

TEST_CASE("what is edited before Nix has evaluated is found behind the slices") {
    certified_machine machine;
    // A builder whose output is imported may say what Nix says before it builds the plan.
    machine.nix.answers.front()->err = "these 2 derivations will be built:\nbuilding 'x.drv'\n"
                                       "evaluating\ntrace: dynix: evaluated\nbuilding 'y.drv'\n";
    SUBCASE("and Nix tells that") {}
    SUBCASE("and an older proof was being looked at") {
        machine.ends_first("trace: dynix: evaluated\nerror: builder failed\n");
    }
    SUBCASE("and Nix does not tell") {
        machine.nix.answers.front()->err = "evaluating\n";
    }
    auto const calls = machine.nix.answers.size() + 1;
    machine.nix.answers.push_back(machine.nix.answers.front());
    machine.nix.answers.back()->exit_code = 0;
    machine.nix.answers.back()->out = "/nix/store/x-activate\n";
    machine.request.on_line = [&](std::string_view line) {
        if (line != "evaluating")
            return;
        // A look that had begun by now would be over.
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        std::ofstream(machine.host.folder.path("conf/system.nix")) << "{ a = 1; }";
    };
    REQUIRE(machine.build());
    REQUIRE(machine.nix.calls.size() == calls);
    REQUIRE(!machine.notes.empty());
    CHECK(machine.notes.back().find("the certificate is not used: the configuration") == 0);
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
}

TEST_CASE("where another Nix evaluates, the certificate is not used") {
    for (auto const* program : {"bin/nix-build", "bin/nix-instantiate"}) {
        CAPTURE(program);
        certified_machine machine;
        machine.nix.answers.push_back(machine.nix.answers.front());
        std::ofstream(machine.host.folder.path(program)) << "#!/bin/bash\n";
        REQUIRE(machine.build());
        CHECK(machine.nix.calls.size() == 2);
        CHECK(machine.notes.size() == 1);
    }
}

TEST_CASE("where they name a derivation that is gone, packages are evaluated") {
    certified_machine machine{R"({"c":{"/nix/store/is-not-there.drv":{}}})"};
    REQUIRE(machine.build());
    CHECK(machine.given("slices") == machine.file);
    CHECK(machine.given("derivations").empty());
}

TEST_CASE("where only what was built of a derivation is gone, it is derived, and no package is") {
    certified_machine machine{R"({"built":{"/nix/store/is-not-there":["/nix/store/a","out"]}})"};
    REQUIRE(machine.build());
    CHECK(machine.given("derivations") == "kept");
    CHECK(machine.given("gone") == R"(["/nix/store/is-not-there"])");
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
