# As nixpkgs' nixos/lib/eval-config.nix: the system of these modules, with what a small NixOS has.
{
  lib,
  modules,
  baseModules ? import ../modules/module-list.nix,
  specialArgs ? { },
  system ? builtins.currentSystem,
}:
let
  evaluated = lib.evalModules {
    modules = baseModules ++ modules ++ [
      {
        _file = ./eval-config.nix;
        config = {
          nixpkgs = { inherit system; };
          _module.args = { inherit baseModules modules; };
        };
      }
    ];
    specialArgs = {
      modulesPath = toString ../modules;
    }
    // specialArgs;
  };
in
evaluated
// {
  inherit lib;
  inherit (evaluated.options._module.args.value) pkgs;
}
