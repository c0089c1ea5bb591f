// What a file may ask for besides the files that count, by its text.
#include "dynix/modulelist/detail/purity.hpp"

#include "dynix/test.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace dynix::modulelist::detail;

namespace {

std::string asked(std::string const& text, bool is_flake = false) {
    return asks_for_more({"/c/hosts/a.module-list.nix", is_flake}, "/c/flake.nix", text);
}

bool has(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a file that asks for nothing but files") {
    for (std::string const text :
         {"", "import ./a.nix", "list = ./a.module-list.nix;", "builtins.pathExists ./a.nix",
          "{ rev = \"1\"; }", "builtins.pathExists ./readDirs", "\"/var/lib/results\" + ./results",
          "\"a/.gitignore\""}) {
        CAPTURE(text);
        CHECK(asked(text, true).empty());
    }
}

TEST_CASE("the environment, the time and files elsewhere") {
    for (std::string const text :
         {"builtins.getEnv \"A\"", "lib.maybeEnv \"A\" \"\"", "builtins.currentTime",
          "builtins.nixPath", "builtins.nixVersion", "gitTracked ./a",
          "builtins.pathExists /etc/a"}) {
        CAPTURE(text);
        CHECK(has(asked(text), "asks for the environment"));
    }
}

TEST_CASE("a search path that may not be there, and what is fetched") {
    CHECK(has(asked("(builtins.tryEval <secrets>).success"), "asks for the environment"));
    CHECK(has(asked("builtins.tryEval <a/b.nix>"), "asks for the environment"));
    CHECK(asked("builtins.tryEval (a < b && c > d)").empty());
    CHECK(asked("import <nixpkgs>").empty());
    for (std::string const text :
         {"builtins.fetchGit ./.", "builtins.getFlake \"path:/a\"", "fetchTarball \"https://a\"",
          "[ (fetchTarball { url = \"a\"; }) { sha256 = \"\"; } ]", "fetchTarball source",
          "fetchTarball", "{ inherit (builtins) fetchGit; }", "with builtins; fetchTree { }",
          "{ not Nix: fetchGit", "builtins.fetchurl \"https://a\""}) {
        CAPTURE(text);
        CHECK(has(asked(text), "fetches what may be another"));
        CHECK(asked(text, true).empty());
    }
    CHECK(asked("fetchTarball { url = \"https://a/${rev}\"; sha256 = \"b\"; }").empty());
    CHECK(asked("fetchTarball { inherit url sha256; }").empty());
    CHECK(asked("# fetchGit\n{ example = ''builtins.fetchGit ./.''; }").empty());
    CHECK(asked("pkgs.fetchurl { url = \"https://a\"; hash = \"b\"; }").empty());
}

TEST_CASE("which files are there, where the list or a link of nix-build may be among them") {
    for (std::string const text :
         {"builtins.readDir ./.", "readDir ./hosts", "readDir (./hosts + \"/a\")", "readDir dir",
          "map builtins.readDir", "lib.filesystem.listFilesRecursive ./hosts",
          "readDir ./a/../hosts", "readDir ./${a}", "readDir ../c/modules", "lib.cleanSource ./.",
          "lib.fileset.toSource { }", "builtins.path { path = ./.; }", "readDir"}) {
        CAPTURE(text);
        CHECK(has(asked(text), "asks which files are in a folder"));
    }
    for (std::string const text :
         {"builtins.readDir ./modules", "(builtins.readDir ./modules)", "readDir\n  ./hosts/b;",
          "lib.cleanSource ./a"}) {
        CAPTURE(text);
        CHECK(asked(text).empty());
    }
}

TEST_CASE("files that do not count, by name") {
    for (std::string const text :
         {"import ./result", "import ./result/a.nix", "./. + \"/result-2/a\"", "${./.}/result",
          "readFile ./.git/HEAD", "imports = [ ./dynamic.nix ];", "import ./a.module-list.nix"}) {
        CAPTURE(text);
        CHECK(has(asked(text), "reads a list, dynamic.nix, .git or"));
    }
}

TEST_CASE("the dynamic file, which does not count") {
    CHECK(
        asks_for_more({"/c/a.module-list.nix", false}, "/c/dynamic.nix", "") ==
        "is read, and does not count");
}

TEST_CASE("what changes with a commit and is in no file of a flake") {
    for (std::string const text :
         {"self.rev or null", "self ? rev", "self.sourceInfo.rev", "inputs.self.lastModifiedDate",
          "inherit (self) narHash shortRev;", "(self.rev)"}) {
        CAPTURE(text);
        CHECK(has(asked(text, true), "changes with a commit"));
        CHECK(asked(text).empty());
    }
    for (std::string const text :
         {"self.packages.rev", "inputs.nixpkgs.rev", "myself.rev", "{ self }: { rev = 1; }"}) {
        CAPTURE(text);
        CHECK(asked(text, true).empty());
    }
}
