#include "dynix/evaluation/flake_state.hpp"

#include "dynix/process/fake_runner.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::evaluation;

namespace {

constexpr auto reference = "github:owner/machine";

result<flake_state> seen(std::string out, int code = 0, std::string err = {}) {
    process::outcome it;
    it.exit_code = code;
    it.out = std::move(out);
    it.err = std::move(err);
    process::fake_runner nix;
    nix.answers.push_back(it);
    auto found = look_at_flake(reference, nix);
    CHECK(nix.calls.at(0).args.back() == reference);
    return found;
}

std::string metadata(
    std::string const& path = "/nix/store/x-source", std::string const& locked = "1",
    std::string const& input = "sha256-in") {
    return R"({"path":")" + path + R"(","locked":{"lastModified":)" + locked +
           R"(},"locks":{"nodes":{"a":{"locked":{"narHash":")" + input + R"("}}}},"url":"u"})";
}

std::string lock_in(std::string const& out) {
    auto const found = seen(out);
    REQUIRE(found);
    CHECK(found->url == reference);
    return found->lock;
}

} // namespace

TEST_CASE("the state of a flake is its source, its locked reference and its lock") {
    auto const now = lock_in(metadata());
    CHECK(lock_in(metadata()) == now);
    CHECK(lock_in(metadata("/nix/store/y-source")) != now);
    CHECK(lock_in(metadata("/nix/store/x-source", "2")) != now);
    CHECK(lock_in(metadata("/nix/store/x-source", "1", "sha256-other")) != now);
}

TEST_CASE("a flake that is not in the store is known by its fingerprint") {
    auto const of = [](std::string const& fingerprint) {
        return R"({"fingerprint":")" + fingerprint + R"(","locked":{},"locks":{}})";
    };
    CHECK(lock_in(of("a")) == lock_in(of("a")));
    CHECK(lock_in(of("a")) != lock_in(of("b")));
    CHECK(!seen(R"({"locked":{},"locks":{}})"));
}

TEST_CASE("a flake that Nix does not describe has no state") {
    auto const unlocked = seen("", 1, "error: flake 'x' requires lock file changes\n");
    REQUIRE(!unlocked);
    CHECK(unlocked.error().message.find(reference) != std::string::npos);
    CHECK(unlocked.error().hint.find("nix flake lock") != std::string::npos);
    CHECK(unlocked.error().notes.at(0).message.find("requires lock file") != std::string::npos);
    CHECK(!seen("{}"));
    CHECK(!seen("nothing"));
}
