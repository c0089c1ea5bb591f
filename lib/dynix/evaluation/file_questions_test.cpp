#include "dynix/evaluation/file_questions.hpp"

#include "dynix/evaluation/roots.hpp"
#include "dynix/evaluation/test_configuration.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::evaluation;

namespace {

struct asked_configuration : test_configuration {
    result<void> check() const {
        auto const roots = known_roots(record, {});
        return roots ? check_file_questions(*roots, record) : roots.error();
    }

    // What is wrong with a file of this text.
    std::string asks(std::string const& text, std::string const& file = "nixos/parts/a.nix") const {
        write(path(file), text);
        auto const good = check();
        std::filesystem::remove(path(file));
        return good ? std::string() : good.error().message;
    }
};

} // namespace

TEST_CASE("what a file asks of the configuration alone is no question") {
    asked_configuration const host;
    for (std::string const text :
         {"{ }", "{ imports = if builtins.pathExists ./b.nix then [ ./b.nix ] else [ ]; }",
          "{ lib, ... }: { a = lib.pathExists ./b/c.nix; }", "{ nix.nixPath = [ ]; }",
          "{ config, ... }: { a = config.nix.nixPath; }", "# builtins.getEnv\n{ }",
          "{ a = \"run builtins.getEnv\"; }", "with builtins; { a = head [ 1 ]; }"}) {
        CAPTURE(text);
        CHECK(host.asks(text).empty());
    }
}

TEST_CASE("a question that Nix may answer otherwise is found, whatever leads to it") {
    asked_configuration const host;
    for (std::string const text :
         {"{ a = 1;\n b = builtins.pathExists /etc/b.nix; }",
          "{ a = lib.pathExists (./. + name); }", "{ a = lib.pathExists ./${name}; }",
          "{ a = lib.pathExists ../b.nix; }", "{ a = lib.pathExists (./b + \"/../../c\"); }",
          "{ a = lib.pathIsDirectory /usr/bin; }", "{ a = lib.filesystem.pathType ~/x; }",
          "{ a = builtins.getEnv \"HOME\"; }",
          "let inherit (builtins) getEnv; in { a = getEnv \"HOME\"; }",
          "with builtins; { a = getEnv \"HOME\"; }", "{ a = __getEnv \"HOME\"; }",
          "{ a = builtins.\"getEnv\" \"HOME\"; }",
          "{ a = builtins.${\"get\" + \"Env\"} \"HOME\"; }",
          "let b = builtins; in { a = b.head [ 1 ]; }", "{ a = toString builtins.currentTime; }",
          "{ a = __nixPath; }", "let inherit (builtins) pathExists; in { }",
          "{ a = builtins.pathExists ../dynamic.nix; }"}) {
        CAPTURE(text);
        CHECK(!host.asks(text).empty());
        CHECK(!host.asks(text, "nixos/parts/probe").empty());
    }
    CHECK(
        host.asks("{ a = 1;\n b = builtins.pathExists /etc/b.nix; }") ==
        host.path("nixos/parts/a.nix:2: asks for more than the files of the configuration: "
                  "'pathExists'"));
}

TEST_CASE("a file that comes is noticed where its folder is a root, or that of the source") {
    asked_configuration host;
    write(host.path("shared/one.nix"), "{ }");
    host.record.more_roots = {host.path("shared/one.nix")};
    std::string const text = "{ a = builtins.pathExists ./b.nix; }";
    CHECK(host.asks(text, "nixos/configuration.nix").empty());
    write(host.path("nixos/configuration.nix"), "{ }");
    CHECK(host.asks(text, "nixos/other.nix").empty());
    CHECK(!host.asks("{ a = builtins.pathExists ./dynamic.nix; }", "nixos/other.nix").empty());
    CHECK(!host.asks(text, "shared/one.nix").empty());
    write(host.path("shared/one.nix"), "{ }");
    host.record.more_roots = {host.path("shared")};
    CHECK(host.asks(text, "shared/one.nix").empty());
}

TEST_CASE("what a link beside the configuration leads to is asked where it may be read") {
    asked_configuration host;
    write(host.path("elsewhere/a.nix"), "{ a = builtins.getEnv \"HOME\"; }");
    std::filesystem::create_directory_symlink(host.path("elsewhere"), host.path("nixos/result"));
    std::filesystem::create_symlink(host.path("elsewhere/a.nix"), host.path("nixos/a.nix"));
    CHECK(host.check());
    host.record.more_roots = {host.path("elsewhere")};
    CHECK(!host.check());
}

TEST_CASE("nixpkgs asks only for files of its own, and what is no Nix for none") {
    asked_configuration host;
    std::string const text = "{ a = builtins.pathExists (toString x); }";
    CHECK(host.asks(text, "nixpkgs/nixos/default.nix").empty());
    write(host.path("other/lib/modules.nix"), text);
    host.record.more_roots = {host.path("other")};
    CHECK(!host.check());
    write(host.path("other/lib/systems/doubles.nix"), text);
    CHECK(host.check());
    CHECK(host.asks("#!/bin/sh\nbuiltins pathExists 'x\n", "nixos/parts/run").empty());
    CHECK(!host.asks("builtins.pathExists ]", "nixos/parts/a.nix").empty());
}
