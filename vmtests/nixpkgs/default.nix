# Evaluates a NixOS configuration whose programs are those of the Debian around it, so that units and
# configuration files are really built on a machine that has no NixOS packages.
{
  nixpkgs ? builtins.getEnv "DYNIX_NIXPKGS",
  # A tree with a newer lib/ than that of `nixpkgs`; null takes the one that belongs to it.
  nixpkgsLib ? (
    let
      named = builtins.getEnv "DYNIX_NIXPKGS_LIB";
    in
    if named == "" then null else named
  ),
  configuration,
  # The generation of the services' modules: an attribute of ./fixtures.
  generation ? "today",
  # Whether the packages are links to what Debian has. Otherwise they are those of `nixpkgs`, and nothing of it is built.
  isOfDebian ? true,
  # Whether the system is what the container machine takes over from it, and not that of a NixOS machine.
  ofMachine ? false,
  # Whether that system is made of /etc, as every NixOS is, and not of the units themselves: of another nothing can be
  # proved (../../nixmodules/certificate).
  isOfEtc ? false,
  # The modules of NixOS.
  baseModules ? import (nixpkgs + "/nixos/modules/module-list.nix"),
  system ? builtins.currentSystem,
}:

let
  lib = import ./lib.nix { inherit nixpkgs nixpkgsLib; };
  modules = [
    configuration
    ../../nixmodules
    {
      imports = (import ./fixtures).${generation};
      nixpkgs.overlays = [
        (
          final: prev:
          let
            ofDebian = import ./debian.nix { inherit lib; } final prev;
          in
          if isOfDebian then
            ofDebian
          else
            {
              inherit (ofDebian) dynix;
            }
            # What an older nixpkgs lacks; the place of its own says that they are its own.
            // lib.optionalAttrs (!prev ? formats) { inherit (ofDebian) formats; }
        )
      ];
      # Nothing here boots, and a container needs neither a boot loader nor file systems.
      boot.isContainer = true;
      dynamicism.source.file = "/etc/nixos/system.nix";
    }
    (
      {
        config,
        lib,
        options,
        ...
      }:
      let
        toplevel = import ../machine/guest/static-system.nix { inherit config; };
      in
      {
        environment.etc = lib.mkIf isOfEtc {
          "systemd/system".source = lib.mkForce toplevel.unitFolder;
        };
        system.build = lib.mkIf ofMachine (
          let
            build = {
              inherit toplevel;
            }
            // lib.optionalAttrs isOfEtc {
              inherit isOfEtc;
              inherit (toplevel) etc;
            };
          in
          # In an older nixpkgs the definitions of this option are only put together, the last one winning.
          if options.system.build.type.name == "attrs" then
            lib.mkAfter build
          else
            lib.mapAttrs (_: lib.mkForce) build
        );
      }
    )
  ];
  evaluated = import (nixpkgs + "/nixos/lib/eval-config.nix") {
    inherit
      baseModules
      lib
      modules
      system
      ;
  };
in
evaluated
# What a newer eval-config.nix returns besides.
// lib.optionalAttrs (evaluated ? extraArgs) {
  inherit lib;
  type = lib.types.submoduleWith {
    modules =
      evaluated.extraArgs.baseModules
      ++ [
        {
          _file = toString (nixpkgs + "/nixos/lib/eval-config.nix");
          config = {
            nixpkgs.system = lib.mkDefault system;
            nixpkgs.initialSystem = system;
            _module.args = evaluated.extraArgs;
          };
        }
      ]
      ++ modules;
    specialArgs.modulesPath = toString (nixpkgs + "/nixos/modules");
  };
}
