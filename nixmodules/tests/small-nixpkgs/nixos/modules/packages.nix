# The packages that modules get, and what changes them.
{ config, lib, ... }:
{
  options.nixpkgs.overlays = lib.mkOption {
    type = lib.types.listOf lib.types.raw;
    default = [ ];
    description = "What changes the packages.";
  };
  options.nixpkgs.system = lib.mkOption {
    type = lib.types.str;
    description = "What they run on.";
  };
  config._module.args.pkgs = builtins.foldl' (
    packages: overlay:
    let
      final = packages // overlay final packages;
    in
    final
  ) (import ../../. { inherit (config.nixpkgs) system; } // { inherit lib; }) config.nixpkgs.overlays;
}
