#include "dynix/evaluation/roots.hpp"

#include "dynix/evaluation/test_configuration.hpp"
#include "dynix/test.hpp"

#include <algorithm>

using namespace dynix;
using namespace dynix::evaluation;

namespace {

struct machine : test_configuration {
    std::vector<std::string> roots(std::string const& search_path = {}) const {
        auto const found = known_roots(record, search_path);
        return found ? *found : std::vector<std::string>{render(found.error())};
    }
};

} // namespace

TEST_CASE("the roots are nixpkgs and what stands beside the configuration, not the dynamic file") {
    machine const host;
    CHECK(
        host.roots() ==
        std::vector<std::string>{
            host.path("nixos/configuration.nix"), host.path("nixos/parts"), host.path("nixpkgs")});
}

TEST_CASE("so are what the record names, and the entries of NIX_PATH") {
    machine host;
    host.record.roots = {"/nix/store/x-dynix/nixmodules"};
    host.record.more_roots = {"/srv/shared"};
    auto const found = host.roots("nixpkgs=/srv/nixpkgs:/srv/all:x=https://example.org/x.tar.gz");
    for (auto const* wanted :
         {"/nix/store/x-dynix/nixmodules", "/srv/shared", "/srv/nixpkgs", "/srv/all"})
        CHECK(std::count(found.begin(), found.end(), wanted) == 1);
    CHECK(found.size() == 7);
}

TEST_CASE("a flake has no roots: its lock names all that it reads") {
    machine host;
    host.record.source.kind = plan::source_kind::flake;
    host.record.roots = {"/nix/store/x-dynix/nixmodules"};
    auto const found = known_roots(host.record, "nixpkgs=/srv/nixpkgs");
    REQUIRE(found);
    CHECK(found->empty());
}
