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
         {"{ }", "import ./a.nix", "{ list = ./a.module-list.nix; }", "builtins.pathExists ./a.nix",
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
          "builtins.fetchurl \"https://a\""}) {
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
         {"builtins.readDir ./modules", "(builtins.readDir ./modules)", "readDir\n  ./hosts/b",
          "lib.cleanSource ./a"}) {
        CAPTURE(text);
        CHECK(asked(text).empty());
    }
}

TEST_CASE("files that do not count, by name") {
    for (std::string const text :
         {"import ./result", "import ./result/a.nix", "./. + \"/result-2/a\"", "\"${./.}/result\"",
          "readFile ./.git/HEAD", "{ imports = [ ./dynamic.nix ]; }",
          "import ./a.module-list.nix"}) {
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
          "{ inherit (self) narHash shortRev; }", "(self.rev)"}) {
        CAPTURE(text);
        CHECK(has(asked(text, true), "changes with a commit"));
        CHECK(asked(text).empty());
    }
    for (std::string const text :
         {"self.packages.rev", "inputs.nixpkgs.rev", "{ self }: { rev = 1; }"}) {
        CAPTURE(text);
        CHECK(asked(text, true).empty());
    }
}

TEST_CASE("a text that is no Nix may ask for anything") {
    for (std::string const text : {"{ not Nix: fetchGit", "", "{ a = ; }"}) {
        CAPTURE(text);
        CHECK(has(asked(text), "cannot be read by dynix"));
        CHECK(has(asked(text, true), "cannot be read by dynix"));
    }
}

TEST_CASE("the surroundings, by whatever name they are asked for") {
    for (std::string const text :
         {"__getEnv \"A\"",
          "__currentTime",
          "with builtins; getEnv \"A\"",
          "{ inherit (builtins) getEnv; }",
          "builtins.getAttr \"getEnv\" builtins",
          "lib.pathIsDirectory /a",
          "lib.filesystem.pathIsRegularFile /a",
          "lib.pathIsDirectory (./a + \"/../../b\")",
          "map lib.pathType [ /a ]",
          "builtins.readFileType /a",
          "__pathExists /a",
          "builtins.tryEval (lib.commitIdFromGitRepo dir)",
          "lib.filesystem.resolveDefaultNix dir",
          "lib.inNixShell",
          "lib.inPureEvalMode",
          "{ inNixShell }: inNixShell",
          "builtins.findFile [ ] \"a\"",
          "~/a",
          "[ ~/a/b.nix ]",
          "t: t <secrets>",
          "import <nixos-config>",
          "let builtins_ = __nixPath; in 1"}) {
        CAPTURE(text);
        CHECK(has(asked(text), "asks for the environment"));
    }
    CHECK(has(asked("builtins.currentSystem", true), "asks for the environment"));
    CHECK(asked("{ system = builtins.currentSystem; }").empty());
    for (std::string const text :
         {"# builtins.getEnv \"A\"\n{ }", "{ getEnv = 1; }", "\"say getEnv\"",
          "import <nixpkgs/nixos>", "lib.pathIsDirectory ./a", "/* ~/a <b> */ { }"}) {
        CAPTURE(text);
        CHECK(asked(text).empty());
    }
}

TEST_CASE("what Nix has, which changes with it") {
    for (std::string const text :
         {"builtins ? fetchTree", "builtins.hasAttr \"getFlake\" builtins",
          "builtins.warn or builtins.trace", "builtins.${name}", "let b = builtins; in b ? warn",
          "builtins.attrNames builtins"}) {
        CAPTURE(text);
        CHECK(has(asked(text), "asks what `builtins' has"));
        CHECK(has(asked(text, true), "asks what `builtins' has"));
    }
    for (std::string const text :
         {"builtins.toJSON { }", "with builtins; map", "{ inherit (builtins) map; }",
          "config.builtins or 1"}) {
        CAPTURE(text);
        CHECK(asked(text).empty());
    }
}

TEST_CASE("which files are there, by other functions") {
    for (std::string const text :
         {"__readDir ./.", "lib.cleanSourceWith { src = ./.; }", "lib.fileset.toList ./.",
          "lib.fileset.unions [ ./a ]", "with builtins; path { path = ./.; }",
          "{ inherit (builtins) path; }", "builtins.readDir (\n ./sub # all\n + \"/..\")",
          "__path { path = ./.; }", "let inherit (lib) fileset; in 1"}) {
        CAPTURE(text);
        CHECK(has(asked(text), "asks which files are in a folder"));
    }
    for (std::string const text :
         {"{ path = ./a; }", "{ path }: path", "with builtins; { path = [ ]; }",
          "# readDir ./.\n{ }", "(builtins.readDir) (./modules)"}) {
        CAPTURE(text);
        CHECK(asked(text).empty());
    }
}

TEST_CASE("overlays without a config, which nixpkgs then reads from the environment") {
    for (std::string const text :
         {"import <nixpkgs> { overlays = [ ]; }", "np { inherit overlays system; }"}) {
        CAPTURE(text);
        CHECK(has(asked(text), "gives `overlays' and no `config'"));
        CHECK(asked(text, true).empty());
    }
    CHECK(asked("import <nixpkgs> { overlays = [ ]; config.a = 1; }").empty());
    CHECK(asked("{ nixpkgs.overlays = [ (final: prev: { }) ]; }").empty());
}

TEST_CASE("a commit, by whatever name the flake has") {
    for (std::string const text :
         {"flake ? rev", "builtins.hasAttr \"rev\" self", "let v = s: s ? rev; in v self",
          "args.flake.shortRev or null", "myself.rev", "with self; lastModifiedDate",
          "inputs.self.sourceInfo.rev", "{ rev ? null, ... }: rev", "self.sourceInfo",
          "builtins.attrValues self.sourceInfo", "{ inherit (flake) narHash; }",
          "lib.attrByPath [ \"dirtyRev\" ] null self", "self.inputs.self.rev"}) {
        CAPTURE(text);
        CHECK(has(asked(text, true), "changes with a commit"));
        CHECK(asked(text).empty());
    }
    for (std::string const text :
         {"fetchFromGitHub { rev = \"v1\"; hash = \"\"; }", "rec { rev = \"1\"; url = rev; }",
          "let rev = \"1\"; in fetchFromGitHub { inherit rev; }", "inputs.nixpkgs.shortRev",
          "inputs.nixpkgs.sourceInfo.rev", "{ specialArgs = { inherit inputs self; }; }",
          "# self.rev\n{ }", "self.sourceInfo.outPath", "\"the rev\""}) {
        CAPTURE(text);
        CHECK(asked(text, true).empty());
    }
}

TEST_CASE("the commit of an input, by the name that outputs has for it") {
    for (std::string const text :
         {"{ outputs = { self, tree }: tree.narHash; }",
          "{ outputs = { tree, ... }@inputs: let a = tree; in tree.sourceInfo.rev; }"}) {
        CAPTURE(text);
        CHECK(asked(text, true).empty());
    }
    for (std::string const text :
         {"{ outputs = { self, tree }: let tree = self; in tree.narHash; }",
          "{ outputs = { self, tree }: ({ tree }: tree.narHash) { tree = self; }; }",
          "{ outputs = { self, tree }: (tree: tree.narHash) self; }",
          "{ outputs = { self, tree }: self.narHash; }", "{ outputs = tree: tree.narHash; }",
          "{ outputs = { tree, ... }: tree.inputs.self.narHash; }", "{ tree }: tree.narHash"}) {
        CAPTURE(text);
        CHECK(has(asked(text, true), "changes with a commit"));
    }
}

TEST_CASE("what an ordinary configuration has") {
    for (std::string const text :
         {"{ config, lib, pkgs, modulesPath, ... }: { imports = [ (modulesPath + "
          "\"/installer/scan/not-detected.nix\") ]; fileSystems.\"/\" = { device = "
          "\"/dev/disk/by-uuid/1\"; }; nixpkgs.hostPlatform = lib.mkDefault \"x86_64-linux\"; }",
          "{ outputs = { self, nixpkgs, ... }@inputs: { nixosConfigurations.a = "
          "nixpkgs.lib.nixosSystem { specialArgs = { inherit inputs self; }; modules = [ ./a.nix "
          "({ "
          "... }: { }) ]; }; }; }",
          "{ nixpkgs.overlays = [ (final: prev: { a = prev.a.overrideAttrs (old: { patches = [ "
          "./a.patch ]; }); }) ]; }",
          "{ fetchFromGitHub }: fetchFromGitHub { owner = \"a\"; repo = \"b\"; rev = \"c\"; hash "
          "= \"sha256-\"; }",
          "{ pkgs ? import <nixpkgs> { } }: pkgs.hello"}) {
        CAPTURE(text);
        CHECK(asked(text).empty());
        CHECK(asked(text, true).empty());
    }
}

TEST_CASE("files that are evaluated and do not count") {
    purity const of{"/c/hosts/a.module-list.nix", false};
    for (std::string const file :
         {"/c/web.module-list.nix", "/c/a/b.module-list.nix/c.nix", "/c/.git/a.nix",
          "/c/hosts/b.module-list.nix", "/c/hosts/.b.module-list.nix.new"}) {
        CAPTURE(file);
        CHECK(is_passed_over(of, "/c", file));
    }
    for (std::string const file :
         {"/c/hosts/a.module-list.nix", "/c/a.nix", "/c/module-list.nix", "/c/git/a.nix"}) {
        CAPTURE(file);
        CHECK_FALSE(is_passed_over(of, "/c", file));
    }
}
