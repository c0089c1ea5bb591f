# As nixpkgs' nixos/lib/eval-config.nix: the system of these modules, with what a small NixOS has.
{
  lib,
  modules,
  system ? builtins.currentSystem,
}:
lib.evalModules {
  modules = [
    ../etc.nix
    ../nginx.nix
    ../systemd.nix
    ../system.nix
    (
      { config, ... }:
      {
        options.nixpkgs.overlays = lib.mkOption {
          type = lib.types.listOf lib.types.raw;
          default = [ ];
          description = "What changes the packages.";
        };
        config._module.args.pkgs = builtins.foldl' (
          packages: overlay:
          let
            final = packages // overlay final packages;
          in
          final
        ) (import ../.. { inherit system; } // { inherit lib; }) config.nixpkgs.overlays;
      }
    )
  ]
  ++ modules;
}
