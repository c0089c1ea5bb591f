#include "dynix/plan/flake_reference.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <fstream>

using namespace dynix;
using namespace dynix::plan;

namespace {

namespace fs = std::filesystem;

struct tree : test_folder {
    tree() {
        folder("repo/.git");
        flake("repo");
        flake("repo/hosts/one");
        folder("repo/hosts/one/modules");
        folder("repo/no-flake");
        folder("worktree");
        std::ofstream(path("worktree/.git")) << "gitdir: ../repo/.git/worktrees/it\n";
        flake("worktree");
        folder("shallow/.git");
        std::ofstream(path("shallow/.git/shallow")) << "";
        flake("shallow");
        flake("plain");
        flake("a b#c?%");
        folder("empty");
        fs::create_directory_symlink(path("repo/hosts/one"), path("linked"));
        folder("with-link");
        fs::create_symlink(path("repo/hosts/one/flake.nix"), path("with-link/flake.nix"));
        flake("inside/real");
        fs::create_symlink("real/flake.nix", path("inside/flake.nix"));
    }
    void folder(std::string const& name) { fs::create_directories(path(name)); }
    void flake(std::string const& name) {
        folder(name);
        std::ofstream(path(name + "/flake.nix")) << "{ outputs = _: { }; }\n";
    }
};

} // namespace

TEST_CASE("a flake's path is read as the command line of Nix reads it") {
    tree const at;
    auto const repo = "git+file://" + at.path("repo");
    struct {
        std::string reference;
        std::string expected;
    } const table[] = {
        {"repo", repo},
        {"repo/", repo},
        {"repo?ref=stable", repo + "?ref=stable"},
        {"repo?dir=hosts/one", repo + "?dir=hosts/one"},
        {"repo/hosts/one", repo + "?dir=hosts/one"},
        {"repo/hosts/one?ref=stable&submodules=1", repo + "?ref=stable&submodules=1&dir=hosts/one"},
        {"repo/hosts/one/flake.nix", repo + "?dir=hosts/one"},
        {"repo/hosts/one/modules", repo + "?dir=hosts/one"},
        {"repo/no-flake", repo},
        {"linked", repo + "?dir=hosts/one"},
        {"linked/../one", repo + "?dir=hosts/one"},
        {"with-link", repo + "?dir=hosts/one"},
        {"inside", "path:" + at.path("inside")},
        {"worktree", "git+file://" + at.path("worktree")},
        {"shallow", "git+file://" + at.path("shallow") + "?shallow=1"},
        {"shallow?shallow=0", "git+file://" + at.path("shallow") + "?shallow=0"},
        {"plain", "path:" + at.path("plain")},
        {"plain?dir=sub", "path:" + at.path("plain") + "?dir=sub"},
    };
    for (auto const& row : table) {
        CAPTURE(row.reference);
        auto const url = flake_url(at.path(row.reference));
        REQUIRE(url);
        CHECK(*url == row.expected);
    }
}

TEST_CASE("a path of any characters is one that a URL can have") {
    tree const at;
    auto const url = flake_url(at.path("a b#c") + "%3F%");
    CHECK(!url); // nothing is decoded in a path
    fs::rename(at.path("a b#c?%"), at.path("a b#c%"));
    auto const renamed = flake_url(at.path("a b#c%"));
    REQUIRE(renamed);
    CHECK(*renamed == "path:" + at.path("a%20b%23c%25"));
}

TEST_CASE("what is no path stays as it is") {
    for (auto const* reference :
         {"git+file:///etc/nixos?dir=x&ref=y", "path:/etc/nixos", "github:owner/repository/branch",
          "nixos-configuration", "git+ssh://git@host/x"}) {
        auto const url = flake_url(reference);
        REQUIRE(url);
        CHECK(*url == reference);
    }
}

TEST_CASE("what leads to no flake is refused with the option to set") {
    tree const at;
    fs::create_directory_symlink("/none", at.path("dangling"));
    for (auto const& reference :
         {std::string("."), std::string("./x"), std::string("~/x"), std::string(), at.path("empty"),
          at.path("none"), at.path("dangling"), at.path("worktree/.git"),
          at.path("repo/hosts/one?dir=hosts/one")}) {
        CAPTURE(reference);
        auto const url = flake_url(reference);
        REQUIRE(!url);
        CHECK(!url.error().message.empty());
    }
    CHECK(flake_url(at.path("empty")).error().message.starts_with("there is no flake.nix in '"));
    CHECK(flake_url("./x").error().hint.find("dynamicism.source.flake") != std::string::npos);
}
