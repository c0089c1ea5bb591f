# A system with runtime modules: the real modules of dynix, with the small nixpkgs of their tests, whose packages are
# Debian's programs here.
let
  small = /dynix/nixmodules/tests/small-nixpkgs;
  shell =
    name: variables: script:
    derivation (
      variables
      // {
        inherit name;
        system = builtins.currentSystem;
        builder = "/bin/bash";
        args = [
          "-c"
          # Nix takes the end of the builder's output for its death, so the shell must not become the last command.
          "PATH=/usr/bin; ${script}\nexit 0"
        ];
      }
    );
  # A program that says its name.
  programOf =
    name:
    shell name { } ''
      mkdir -p $out/bin
      printf '#!/bin/sh\necho ${name}\n' > $out/bin/${name}
      chmod +x $out/bin/${name}
    ''
    // {
      isBuilt = true;
    };
  programs = final: prev: {
    writeText = name: text: shell name { inherit text; } ''printf %s "$text" > $out'';
    writeTextDir =
      name: text: shell "unit-${name}" { inherit text; } ''mkdir $out; printf %s "$text" > $out/${name}'';
    runtimeShell = "/bin/bash";
    coreutils = "/usr";
  };
in
import (small + "/nixos/lib/eval-config.nix") {
  lib = import (small + "/lib");
  modules = [
    /dynix/nixmodules/runtime-modules
    ./base.nix
    (
      { config, lib, ... }:
      {
        _module.args = { inherit programOf; };
        nixpkgs.overlays = [ programs ];
        dynamicism.package = "/usr";
        dynamicism.source.file = "/etc/nixos/system.nix";
        services.runtimeModules.package = "/usr";
        services.worker.program = "/usr/local/bin/worker";
        system.build.toplevel = lib.mkForce (
          import /usr/local/share/machine/static-system.nix { inherit config; }
        );
      }
    )
  ];
}
