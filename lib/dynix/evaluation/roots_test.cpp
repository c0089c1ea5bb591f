#include "dynix/evaluation/roots.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace dynix;
using namespace dynix::evaluation;

namespace {

namespace fs = std::filesystem;

void write(std::string const& path, std::string_view text) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << text;
}

// /etc/nixos with a configuration and a dynamic file, and a nixpkgs.
struct machine {
    test_folder folder{};
    plan::system_record record{};

    machine() {
        write(path("nixos/configuration.nix"), "{ }");
        write(path("nixos/dynamic.nix"), "{ }");
        write(path("nixos/dynamic.nix.generations/1"), "{ }");
        write(path("nixos/parts/a.nix"), "{ }");
        write(path("nixpkgs/nixos/default.nix"), "{ }");
        record.dynamic_file = path("nixos/dynamic.nix");
        record.source.kind = plan::source_kind::configuration;
        record.source.nixpkgs = path("nixpkgs");
        record.source.configuration = path("nixos/configuration.nix");
    }

    std::string path(std::string const& name) const {
        return fs::canonical(folder.path(".")).string() + "/" + name;
    }
    std::vector<std::string> roots(std::string const& search_path = {}) const {
        auto const found = known_roots(record, search_path);
        return found ? *found : std::vector<std::string>{render(found.error())};
    }
    std::string files() const { return fingerprint_of(roots())->text; }
};

} // namespace

TEST_CASE("the roots are nixpkgs and what stands beside the configuration, not the dynamic file") {
    machine const on;
    CHECK(
        on.roots() ==
        std::vector<std::string>{
            on.path("nixos/configuration.nix"), on.path("nixos/parts"), on.path("nixpkgs")});
}

TEST_CASE("so are what the record names, and the entries of NIX_PATH") {
    machine on;
    on.record.roots = {"/nix/store/x-dynix/nixmodules"};
    on.record.more_roots = {"/srv/shared"};
    auto const found = on.roots("nixpkgs=/srv/nixpkgs:/srv/all:x=https://example.org/x.tar.gz");
    for (auto const* wanted :
         {"/nix/store/x-dynix/nixmodules", "/srv/shared", "/srv/nixpkgs", "/srv/all"})
        CHECK(std::count(found.begin(), found.end(), wanted) == 1);
    CHECK(found.size() == 7);
}

TEST_CASE("a flake has no roots: its lock names all that it reads") {
    machine on;
    on.record.source.kind = plan::source_kind::flake;
    on.record.roots = {"/nix/store/x-dynix/nixmodules"};
    auto const found = known_roots(on.record, "nixpkgs=/srv/nixpkgs");
    REQUIRE(found);
    CHECK(found->empty());
}

TEST_CASE("the fingerprint changes with every change of a file") {
    machine const on;
    auto const before = on.files();
    CHECK(on.files() == before);
    auto const changes = [&](auto change) {
        change();
        return on.files() != before;
    };
    SUBCASE("one is edited") {
        CHECK(changes([&] { write(on.path("nixos/parts/a.nix"), "{ a = 1; }"); }));
    }
    SUBCASE("one is edited to the same size, and its time put back") {
        auto const file = on.path("nixos/configuration.nix");
        auto const time = fs::last_write_time(file);
        CHECK(changes([&] {
            // Its own time of change is a tick of the clock later.
            while (on.files() == before)
                write(file, "[ ]");
            fs::last_write_time(file, time);
        }));
    }
    SUBCASE("one comes") {
        CHECK(changes([&] { write(on.path("nixos/hardware.nix"), "{ }"); }));
    }
    SUBCASE("one comes below a folder") {
        CHECK(changes([&] { write(on.path("nixpkgs/nixos/new.nix"), "{ }"); }));
    }
    SUBCASE("one goes") {
        CHECK(changes([&] { fs::remove(on.path("nixpkgs/nixos/default.nix")); }));
    }
    SUBCASE("one is exchanged for a link") {
        CHECK(changes([&] {
            fs::rename(on.path("nixos/parts"), on.path("elsewhere"));
            fs::create_directory_symlink(on.path("elsewhere"), on.path("nixos/parts"));
        }));
    }
    SUBCASE("nixpkgs is another one under the same path") {
        CHECK(changes([&] {
            fs::rename(on.path("nixpkgs"), on.path("nixpkgs-1"));
            write(on.path("nixpkgs/nixos/default.nix"), "{ }");
        }));
    }
}

TEST_CASE("what dynix writes beside the configuration changes nothing") {
    machine const on;
    auto const before = on.files();
    write(on.path("nixos/dynamic.nix"), "{ config = { }; }");
    write(on.path("nixos/dynamic.nix.generations/2"), "{ }");
    write(on.path("nixos/.dynamic.nix.new"), "{ }");
    CHECK(on.files() == before);
}

TEST_CASE("a question for a file that may be anywhere is found") {
    machine const on;
    auto const asks = [&](std::string const& text) {
        write(on.path("nixos/parts/a.nix"), text);
        auto const good = check_file_questions(on.roots(), on.record);
        return good ? std::string() : good.error().message;
    };
    CHECK(asks("{ imports = if builtins.pathExists ./b.nix then [ ./b.nix ] else [ ]; }").empty());
    CHECK(asks("{ }").empty());
    CHECK(
        asks("{ a = 1;\n b = builtins.pathExists /etc/b.nix; }").find("a.nix:2: ") !=
        std::string::npos);
    CHECK(!asks("{ a = lib.pathExists (./. + name); }").empty());
    CHECK(!asks("{ a = lib.pathExists ./${name}; }").empty());
    CHECK(!asks("{ a = lib.pathExists ../b.nix; }").empty());
    CHECK(!asks("{ a = lib.pathExists (./b + \"/../../c\"); }").empty());
    CHECK(!asks("{ a = builtins.getEnv \"HOME\"; }").empty());
    CHECK(!asks("{ a = toString builtins.currentTime; }").empty());
    CHECK(asks("{ nix.nixPath = [ ]; }").empty());
    CHECK(!asks("let inherit (builtins) pathExists; in { }").empty());
    CHECK(asks("{ }").empty());
    // nixpkgs asks only for files of its own.
    write(on.path("nixpkgs/nixos/default.nix"), "builtins.pathExists (toString x)");
    CHECK(check_file_questions(on.roots(), on.record));
}
