# Packages by name, each a derivation that is evaluated and never built: enough for what dynix offers to others.
{
  system ? builtins.currentSystem,
  ...
}:

let
  lib = import ./lib;
  package =
    name: more:
    derivation (
      {
        inherit name system;
        builder = "/bin/sh";
      }
      // more
    )
    // {
      meta.mainProgram = name;
    };
  # As mkDerivation does: what only Nix code looks at is no part of the derivation.
  mkDerivation =
    given:
    let
      attributes = if lib.isFunction given then given made else given;
      made =
        derivation (
          {
            name = "${attributes.pname}-${attributes.version}";
            inherit system;
            builder = "/bin/sh";
          }
          // removeAttrs attributes [
            "meta"
            "passthru"
          ]
        )
        // { inherit (attributes) meta; }
        // attributes.passthru;
    in
    made;
  named = lib.genAttrs [
    "boost"
    "clang-tools"
    "cli11"
    "coreutils"
    "curl"
    "doctest"
    "fmt"
    "jq"
    "makeBinaryWrapper"
    "meson"
    "ninja"
    "nix"
    "nixfmt"
    "nixfmt-tree"
    "pkg-config"
    "python3"
    "scdoc"
    "strace"
    "systemd"
  ] (name: package name { });
  packages = named // {
    inherit lib;
    pkgs = packages;
    callPackage = lib.callPackageWith packages;
    path = ./.;
    runtimeShell = "/bin/sh";
    stdenv = {
      inherit mkDerivation;
      hostPlatform = { inherit system; };
    };
    mkShell = given: package "shell" { inputs = given.inputsFrom ++ given.packages; };
    linkFarm = name: entries: package name { entries = builtins.toJSON entries; };
    runCommand = name: given: script: package name (given // { inherit script; });
    writeText = name: text: package name { inherit text; };
    writeTextDir =
      name: text: package "unit-${builtins.replaceStrings [ "\\" ] [ "-" ] name}" { inherit text; };
    closureInfo = package "closure-info";
  };
in
packages
