# What the project offers to others, by flake.nix and by default.nix: that it is there, and evaluates down to
# the derivations.
#
# Where the nixpkgs at hand lacks a function, it has a stand-in here. `runNixOSTest` always has: what it is given
# is evaluated with the services' modules of ../../vmtests/nixpkgs, and nothing of a virtual machine is.
let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  newerLib = builtins.getEnv "DYNIX_NIXPKGS_LIB";
  libAtHand = import ((if newerLib == "" then nixpkgs else newerLib) + "/lib");
  lib =
    libAtHand
    // libAtHand.optionalAttrs (!(builtins ? readFileType)) {
      # File sets need a newer Nix than this one.
      fileset = {
        unions = files: files;
        toSource =
          { root, ... }:
          builtins.path {
            name = "source";
            path = root;
            filter = path: _: builtins.match "build.*|result.*|\\.git" (baseNameOf path) == null;
          };
      };
    };
  system = builtins.currentSystem;
  plain = import nixpkgs {
    inherit system;
    # An older nixpkgs took the licence of cli11 for an unfree one.
    config.allowUnfree = true;
  };

  noProgram =
    name:
    derivation {
      inherit name system;
      builder = "/bin/sh";
    };

  # Options that nodes of tests have, or that came later.
  nodeOptions = {
    options = {
      nix.settings = lib.mkOption { type = lib.types.anything; };
      system.switch.enable = lib.mkOption { type = lib.types.bool; };
      system.includeBuildDependencies = lib.mkOption { type = lib.types.bool; };
      virtualisation = lib.genAttrs [ "cores" "diskSize" "memorySize" ] (
        _: lib.mkOption { type = lib.types.int; }
      );
    };
    config.system.build.networkConfig = { };
  };

  runNixOSTest =
    test:
    let
      node = import ../../vmtests/nixpkgs {
        configuration = {
          imports = [
            test.nodes.machine
            nodeOptions
          ];
        };
      };
    in
    derivation {
      inherit (test) name;
      inherit system;
      builder = "/bin/sh";
      testScript = test.testScript { nodes.machine = node.config; };
    };

  pkgs = plain // {
    inherit lib;
    stdenv = plain.stdenv // {
      mkDerivation =
        argument:
        let
          attributes = if lib.isFunction argument then argument (attributes // { inherit finalPackage; }) else argument;
          finalPackage = plain.stdenv.mkDerivation attributes;
        in
        finalPackage;
    };
    makeBinaryWrapper = plain.makeBinaryWrapper or plain.makeWrapper;
    # Once there was a program of this name that formats otherwise.
    nixfmt = if plain ? nixfmt-tree then plain.nixfmt else noProgram "nixfmt";
    nixfmt-tree = plain.nixfmt-tree or (noProgram "nixfmt-tree");
    testers.runNixOSTest = runNixOSTest;
    inherit pkgs;
    callPackage = lib.callPackageWith pkgs;
  };

  flake = import ../../flake.nix;
  outputs = flake.outputs {
    self = outputs;
    nixpkgs = {
      inherit lib;
      legacyPackages.${system} = pkgs;
    };
  };
  byDefault = import ../../default.nix { inherit pkgs; };
  overlaid = outputs.overlays.default pkgs pkgs;

  lock = builtins.fromJSON (builtins.readFile ../../flake.lock);

  vmtests = builtins.attrNames (builtins.readDir ../../vmtests);
  hasConfiguration = name: builtins.pathExists (../../vmtests + "/${name}/configuration.nix");
  scenarios = builtins.sort builtins.lessThan (
    [
      "evaluated"
      "runtime-modules"
    ]
    ++ builtins.filter hasConfiguration vmtests
  );
  isDerivation = path: builtins.match "${builtins.storeDir}/[a-z0-9]{32}-.*\\.drv" path != null;
  evaluates = package: {
    found = isDerivation package.drvPath;
    wanted = true;
  };
in
{
  "the flake has a description and one input, as its lock has" = {
    found = {
      described = builtins.isString flake.description;
      inputs = builtins.attrNames flake.inputs;
      locked = lock.nodes.root.inputs;
      inherit (lock.nodes.nixpkgs.original) owner repo ref;
    };
    wanted = {
      described = true;
      inputs = [ "nixpkgs" ];
      locked.nixpkgs = "nixpkgs";
      owner = "NixOS";
      repo = "nixpkgs";
      ref = "nixos-unstable";
    };
  };
  "the flake's outputs" = {
    found = builtins.mapAttrs (_: value: builtins.attrNames value) (
      builtins.mapAttrs (
        _: value: if value ? ${system} && !(lib.isDerivation value.${system}) then value.${system} else value
      ) outputs
    );
    wanted = {
      packages = [
        "allTests"
        "default"
        "dynix"
      ];
      checks = builtins.sort builtins.lessThan (scenarios ++ [ "package" ]);
      devShells = [ "default" ];
      formatter = [
        "aarch64-linux"
        "x86_64-linux"
      ];
      nixosModules = [
        "default"
        "dynix"
        "runtimeModules"
        "verifyModuleList"
      ];
      lib = [
        "alike"
        "minimal"
        "withModuleList"
      ];
      overlays = [ "default" ];
    };
  };
  "the package" = evaluates outputs.packages.${system}.default;
  "the package has meson's version" = {
    found = builtins.match "dynix-[0-9]+\\.[0-9]+\\.[0-9]+" outputs.packages.${system}.default.name != null;
    wanted = true;
  };
  "the package of the overlay is the flake's" = {
    found = overlaid.dynix.drvPath;
    wanted = outputs.packages.${system}.dynix.drvPath;
  };
  "the package of default.nix is the flake's" = {
    found = byDefault.drvPath;
    wanted = outputs.packages.${system}.default.drvPath;
  };
  "the shell" = evaluates outputs.devShells.${system}.default;
  "the formatter" = evaluates outputs.formatter.${system};
  "all tests" = evaluates outputs.packages.${system}.default.allTests;
  "all tests by default.nix" = {
    found = byDefault.allTests.drvPath;
    wanted = outputs.packages.${system}.allTests.drvPath;
  };
  "the tests are the scenarios, and those that evaluate" = {
    found = builtins.attrNames byDefault.tests;
    wanted = scenarios;
  };
  "the modules are there" = {
    found = map builtins.pathExists (
      builtins.attrValues outputs.nixosModules ++ builtins.attrValues byDefault.nixosModules
    );
    wanted = [
      true
      true
      true
      true
      true
      true
      true
      true
    ];
  };
  "the functions are there" = {
    found = map builtins.isFunction (builtins.attrValues outputs.lib ++ builtins.attrValues byDefault.lib);
    wanted = [
      true
      true
      true
      true
      true
      true
    ];
  };
}
// builtins.listToAttrs (
  map (name: {
    name = "the test ${name}";
    value = evaluates byDefault.tests.${name};
  }) scenarios
)
