#include "dynix/evaluation/slices.hpp"

#include "dynix/process/fake_runner.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::evaluation;

namespace {

struct machine {
    process::fake_runner nix{};
    questioner by{};

    machine() {
        by.source.kind = plan::source_kind::file;
        by.source.file = "/etc/nixos/system.nix";
        by.roots = {"/etc/nixos"};
    }
    void says(int code, std::string out, std::string err = {}) {
        process::outcome it;
        it.exit_code = code;
        it.out = std::move(out);
        it.err = std::move(err);
        nix.answers.push_back(it);
    }
    void has_bar() {
        says(0, R"({"path":"/m","services":[{"name":"bar","targets":["a.one"]}]})");
        says(0, "true"); // independent
        says(0, "true"); // plain
    }
    result<slice_set> find() { return find_slices(by, {"a.one", "b.two"}, nix); }
};

std::string line(std::string const& words) {
    return "trace: dynix-slice " + words + "\n";
}

} // namespace

TEST_CASE("a slice grows until it needs nothing more, and is proved") {
    machine host;
    host.has_bar();
    host.says(0, R"(["bar.nix"])");
    host.says(0, "true", line(R"(["live",["x"],["x.nix"]])"));
    host.says(0, "true", line(R"(["open",["y"]])"));
    host.says(0, "true", line(R"(["stub",["y","z"],{"v":1}])"));
    host.says(0, R"({"live":["bar.nix","x.nix"]})");
    auto const made = host.find();
    REQUIRE(made);
    CHECK(
        made->text ==
        R"({"path":"/m","services":[{"name":"bar","targets":["a.one"],"independent":true,)"
        R"("isPlain":true,"slice":{"live":["bar.nix","x.nix"]}}],"proved":["a.one","b.two"]})");
    CHECK(made->without.empty());
    CHECK(host.nix.answers.empty());
}

TEST_CASE("what ends an evaluation is left out, and once more ends the service") {
    machine host;
    host.has_bar();
    host.says(0, "[]");
    auto const ends = line(R"(["trying",["x"]])") + "error: infinite recursion encountered\n";
    host.says(1, "", ends);
    host.says(1, "", ends);
    auto const made = host.find();
    REQUIRE(made);
    CHECK(made->without.at("bar") == "error: infinite recursion encountered");
    CHECK(host.nix.answers.empty());
}

TEST_CASE("a slice that is not the system is none, and says why") {
    machine host;
    host.has_bar();
    host.says(0, "[]");
    host.says(0, "true");
    host.says(
        1, "",
        "error: evaluation aborted with the following error message: 'dynix-slice bar.service is "
        "another unit'\n");
    auto const made = host.find();
    REQUIRE(made);
    CHECK(made->without.at("bar") == "dynix-slice bar.service is another unit");
    CHECK(made->text.find(R"("slice":null)") != std::string::npos);
}

TEST_CASE("a service that looks at the options of others is not independent") {
    machine host;
    host.says(0, R"({"path":"/m","services":[{"name":"bar","targets":["c"]}]})");
    host.says(
        1, "",
        "error: evaluation aborted with the following error message: 'dynix-canary a.one'\n");
    host.says(0, "true");
    auto const made = host.find();
    REQUIRE(made);
    CHECK(made->text.find(R"("independent":false)") != std::string::npos);
    CHECK(made->without.at("bar") == "none of its options is proved");
}

TEST_CASE("a service that has health checks or files, or may have some, has no slice") {
    for (auto const& [code, out] : {std::pair(0, "false"), std::pair(1, "")}) {
        machine host;
        host.says(0, R"({"path":"/m","services":[{"name":"bar","targets":["a.one"]}]})");
        host.says(0, "true");
        host.says(code, out, "error: evaluation aborted\n");
        auto const made = host.find();
        REQUIRE(made);
        CHECK(host.nix.calls.size() == 3);
        CHECK(made->text.find(R"("isPlain":false,"slice":null)") != std::string::npos);
        CHECK(made->without.at("bar").starts_with("it has health checks or files below /etc"));
    }
}

TEST_CASE("there are no slices where nobody tells what the system is made of") {
    machine host;
    host.says(1, "", "error: dynix-slice: this NixOS does not tell what modules it is made of\n");
    auto const made = host.find();
    REQUIRE(!made);
    CHECK(
        made.error().message ==
        "there are no slices: error: dynix-slice: this NixOS does not tell what modules it is made "
        "of");
}
