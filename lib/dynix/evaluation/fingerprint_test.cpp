#include "dynix/evaluation/fingerprint.hpp"

#include "dynix/evaluation/roots.hpp"
#include "dynix/evaluation/test_configuration.hpp"
#include "dynix/test.hpp"

#include <filesystem>
#include <fmt/format.h>

using namespace dynix;
using namespace dynix::evaluation;

namespace {

namespace fs = std::filesystem;

// With a nixpkgs of so many folders that several threads look at it.
struct files : test_configuration {
    files() {
        constexpr int many = 200;
        for (int i = 0; i < many; ++i)
            write(path(fmt::format("nixpkgs/pkgs/p{}/default.nix", i)), "{ }");
        write(path("nixpkgs/pkgs/p77/patches/fix/a.patch"), "a");
        fs::create_directories(path("nixpkgs/pkgs/p78/empty"));
    }

    std::vector<std::string> roots() const { return *known_roots(record, {}); }
    fingerprint now() const { return *fingerprint_of(roots()); }
};

} // namespace

TEST_CASE("the fingerprint changes with every change of a file") {
    files const host;
    auto const before = host.now();
    CHECK(host.now().text == before.text);
    CHECK(fingerprint_by(before.names, host.roots())->text == before.text);
    auto const changes = [&](auto change) {
        change();
        CHECK(fingerprint_by(before.names, host.roots())->text != before.text);
        return host.now().text != before.text;
    };
    SUBCASE("one is edited") {
        CHECK(changes([&] { write(host.path("nixos/parts/a.nix"), "{ a = 1; }"); }));
    }
    SUBCASE("one is edited to the same size, and its time put back") {
        auto const file = host.path("nixos/configuration.nix");
        auto const time = fs::last_write_time(file);
        CHECK(changes([&] {
            // Its own time of change is a tick of the clock later.
            while (host.now().text == before.text)
                write(file, "[ ]");
            fs::last_write_time(file, time);
        }));
    }
    SUBCASE("one comes") {
        CHECK(changes([&] { write(host.path("nixos/hardware.nix"), "{ }"); }));
    }
    SUBCASE("one comes below a folder") {
        CHECK(changes([&] { write(host.path("nixpkgs/nixos/new.nix"), "{ }"); }));
    }
    SUBCASE("one is edited far below") {
        CHECK(changes([&] { write(host.path("nixpkgs/pkgs/p77/patches/fix/a.patch"), "b"); }));
    }
    SUBCASE("one comes into an empty folder") {
        CHECK(changes([&] { write(host.path("nixpkgs/pkgs/p78/empty/.hidden"), ""); }));
    }
    SUBCASE("one has another name") {
        CHECK(changes(
            [&] { fs::rename(host.path("nixpkgs/pkgs/p1"), host.path("nixpkgs/pkgs/p1-new")); }));
    }
    SUBCASE("two have each other's names") {
        CHECK(changes([&] {
            fs::rename(host.path("nixpkgs/pkgs/p1"), host.path("nixpkgs/pkgs/x"));
            fs::rename(host.path("nixpkgs/pkgs/p2"), host.path("nixpkgs/pkgs/p1"));
            fs::rename(host.path("nixpkgs/pkgs/x"), host.path("nixpkgs/pkgs/p2"));
        }));
    }
    SUBCASE("a folder becomes a file") {
        CHECK(changes([&] {
            fs::remove(host.path("nixpkgs/pkgs/p78/empty"));
            write(host.path("nixpkgs/pkgs/p78/empty"), "");
        }));
    }
    SUBCASE("one goes") {
        CHECK(changes([&] { fs::remove(host.path("nixpkgs/nixos/default.nix")); }));
    }
    SUBCASE("one is exchanged for a link") {
        CHECK(changes([&] {
            fs::rename(host.path("nixos/parts"), host.path("elsewhere"));
            fs::create_directory_symlink(host.path("elsewhere"), host.path("nixos/parts"));
        }));
    }
    SUBCASE("nixpkgs is another one under the same path") {
        CHECK(changes([&] {
            fs::rename(host.path("nixpkgs"), host.path("nixpkgs-1"));
            write(host.path("nixpkgs/nixos/default.nix"), "{ }");
        }));
    }
}

TEST_CASE(
    "a link that leads elsewhere is another one, though it is a link outside that has changed") {
    files const host;
    write(host.path("nixpkgs/other/a.nix"), "{ a = 2; }");
    fs::create_directory_symlink(host.path("nixos/parts"), host.path("current"));
    fs::create_symlink(host.path("current/a.nix"), host.path("nixos/linked.nix"));
    auto const before = host.now();
    CHECK(fingerprint_by(before.names, host.roots())->text == before.text);
    fs::remove(host.path("current"));
    fs::create_directory_symlink(host.path("nixpkgs/other"), host.path("current"));
    CHECK(host.now().text != before.text);
    CHECK(fingerprint_by(before.names, host.roots())->text != before.text);
}

TEST_CASE("by names that are not those of the files nothing is the same") {
    files const host;
    auto const before = host.now();
    auto const& names = before.names;
    auto const gives = [&](std::string_view by) {
        auto const found = fingerprint_by(by, host.roots());
        return found ? found->text : std::string();
    };
    CHECK(gives({}) != before.text);
    for (std::size_t size = 1; size < names.size(); size += 97)
        CHECK(gives(std::string_view(names).substr(0, size)) != before.text);
    auto other = names;
    other.replace(other.find("p77"), 3, "p7x");
    CHECK(gives(other) != before.text);
    files const another;
    auto const elsewhere = fingerprint_by(names, another.roots());
    CHECK((!elsewhere || elsewhere->text != before.text));
}

TEST_CASE("what is not there is noted, and a path of the store is its name") {
    test_folder const folder;
    std::vector<std::string> const roots = {
        "/nix/store/x-nixpkgs", folder.path("missing"), folder.path("file")};
    write(roots[2], "a");
    auto const before = fingerprint_of(roots);
    REQUIRE(before);
    CHECK(fingerprint_by(before->names, roots)->text == before->text);
    CHECK(fingerprint_of({"/nix/store/y-nixpkgs", roots[1], roots[2]})->text != before->text);
    write(roots[1], "");
    CHECK(fingerprint_by(before->names, roots)->text != before->text);
    CHECK(fingerprint_of(roots)->text != before->text);
}

TEST_CASE("what cannot be looked at is not what is not there") {
    test_folder const folder;
    std::vector<std::string> const roots = {folder.path("above/missing")};
    fs::create_directories(folder.path("above"));
    auto const before = fingerprint_of(roots);
    REQUIRE(before);
    fs::remove(folder.path("above"));
    write(folder.path("above"), "");
    CHECK(!fingerprint_by(before->names, roots));
    CHECK(!fingerprint_of(roots));
}

TEST_CASE("what dynix writes beside the configuration changes nothing") {
    files const host;
    auto const before = host.now();
    write(host.path("nixos/dynamic.nix"), "{ config = { }; }");
    write(host.path("nixos/dynamic.nix.generations/2"), "{ }");
    write(host.path("nixos/.dynamic.nix.new"), "{ }");
    CHECK(host.now().text == before.text);
    CHECK(fingerprint_by(before.names, host.roots())->text == before.text);
}
