#include "dynix/evaluation/roots.hpp"

#include "dynix/evaluation/test_configuration.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <filesystem>

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

TEST_CASE("a root that links name is read by their names, and by those of the file's own folder") {
    machine host;
    std::filesystem::create_directory_symlink("nixos", host.path("link"));
    std::filesystem::create_symlink("link/configuration.nix", host.path("main.nix"));
    host.record.source.configuration = host.path("main.nix");
    CHECK(
        host.roots() ==
        std::vector{
            host.path("nixos/configuration.nix"), host.path("nixos/parts"), host.path("nixpkgs")});
    auto const ways = known_ways(host.record, {});
    CHECK(
        ways.names ==
        std::vector{host.path("main.nix"), host.path("link/configuration.nix"), host.path("link")});
}

TEST_CASE("a link that leads elsewhere is told, and one that is made again the same") {
    machine host;
    std::filesystem::create_directory(host.path("a"));
    std::filesystem::create_directory(host.path("b"));
    auto const links_to = [&](std::string const& one, std::string const& other) {
        for (auto const* link : {"one", "other"})
            std::filesystem::remove(host.path(link));
        std::filesystem::create_directory_symlink(one, host.path("one"));
        std::filesystem::create_directory_symlink(other, host.path("other"));
    };
    links_to("a", "b");
    host.record.more_roots = {host.path("one"), host.path("other")};
    auto const roots = host.roots();
    auto const before = known_ways(host.record, {});
    CHECK(known_ways(host.record, {}).moment == before.moment);
    links_to("b", "a");
    CHECK(host.roots() == roots);
    CHECK(known_ways(host.record, {}).text != before.text);
    links_to("a", "b");
    CHECK(known_ways(host.record, {}).text == before.text);
    CHECK(known_ways(host.record, {}).moment != before.moment);
    host.record.more_roots.clear();
    auto const path = "x=" + host.path("one");
    auto const searched = known_ways(host.record, path);
    links_to("b", "b");
    CHECK(known_ways(host.record, path).text != searched.text);
}

TEST_CASE("a flake has no roots: its lock names all that it reads") {
    machine host;
    host.record.source.kind = plan::source_kind::flake;
    host.record.roots = {"/nix/store/x-dynix/nixmodules"};
    auto const found = known_roots(host.record, "nixpkgs=/srv/nixpkgs");
    REQUIRE(found);
    CHECK(found->empty());
    std::filesystem::create_directory_symlink("nixos", host.path("link"));
    CHECK(known_ways(host.record, "nixpkgs=" + host.path("link")).moment.empty());
}
