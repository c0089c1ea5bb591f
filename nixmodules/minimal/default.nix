# NixOS with no more modules than it needs. Usable without the rest of dynix:
#
#   minimal = import ./minimal { nixpkgs = <nixpkgs>; };
#   system = minimal.evalMinimal { modules = [ "services/networking/ssh/sshd.nix" ./configuration.nix ]; };
{
  nixpkgs ? <nixpkgs>,
  # That of nixpkgs, where nothing else is said.
  lib ? nixpkgs.lib or (import (nixpkgs + "/lib")),
  # What evaluates a system, with the arguments of nixos/lib/eval-config.nix. Of a flake it is nixosSystem, which
  # gives the system its version.
  evalConfig ? nixpkgs.lib.nixosSystem or (import (nixpkgs + "/nixos/lib/eval-config.nix")),
}:
let
  modulesPath = nixpkgs + "/nixos/modules";
  names = import ./names.nix { inherit lib modulesPath; };
  evaluate = import ./evaluate.nix { inherit lib evalConfig modulesPath; };
in
rec {
  inherit modulesPath;

  # The modules of every system, for the nixpkgs in use.
  minimalModuleList = lib.filter (name: builtins.pathExists (names.resolve name)) (
    import ./minimal-module-list.nix
  );

  # All of them, to be used as a list too.
  allModules = import ./all-modules.nix { inherit modulesPath; };

  # Which module declares which option: a tree, as JSON can hold it. It costs one look at all modules.
  index = import ./index.nix {
    inherit lib modulesPath;
    inherit
      (evalConfig {
        inherit lib;
        system = builtins.currentSystem or "x86_64-linux";
        modules = [ ];
      })
      options
      ;
  };

  # The system of `modules`, with `moduleList` in place of nixpkgs' own list and in its order. The result is that
  # of eval-config.nix, and `undeclared`: a list of what is defined and declared by no loaded module, each with
  # `option`, `file` and `declaredBy`.
  evalMinimal =
    {
      # The user's own; a module of nixpkgs may be named relative to nixos/modules.
      modules,
      moduleList ? minimalModuleList,
      # Null: what no loaded module declares is not looked at. Definitions of it have no effect, and reading it is
      # an error of Nix. For a list that is known to be enough.
      index ? wholeIndex,
      # What else eval-config.nix takes: system, specialArgs, pkgs.
      ...
    }@given:
    evaluate (given // { inherit moduleList index; });
  wholeIndex = index;
}
