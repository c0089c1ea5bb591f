# A system that is evaluated already, taken apart into what it was evaluated from. Works for whatever gives the
# result of eval-config.nix: <nixpkgs/nixos>, nixosSystem of a flake.
{ system }:
let
  arguments = system.options._module.args.value;
  ownPlatform = system.options.nixpkgs.hostPlatform.isDefined or false;
in
rec {
  # Where its modules are. Its packages may be of another one, or of the same by another name: a channel is a link, which
  # Nix follows when it imports packages.
  nixpkgs =
    let
      inside = "/nixos/modules/";
      files = map toString wholeModuleList;
      parts = builtins.filter (it: builtins.length it > 1) (map (builtins.split inside) files);
      folders = map builtins.head parts;
      ofPackages = toString system.pkgs.path;
    in
    if folders == [ ] || builtins.elem ofPackages folders then
      system.pkgs.path
    else
      /. + builtins.unsafeDiscardStringContext (builtins.head folders);
  modulesPath = nixpkgs + "/nixos/modules";
  lib = system.lib or (import (nixpkgs + "/lib"));
  evalConfig = import (nixpkgs + "/nixos/lib/eval-config.nix");
  wholeModuleList = map (
    module:
    if builtins.isPath module || builtins.isString module then
      module
    else
      throw "dynix: one of `baseModules' is a ${builtins.typeOf module}, and a module list can only name files: give it among `modules'"
  ) arguments.baseModules;
  # What eval-config.nix is called with besides the list.
  given = {
    inherit lib;
    modules = arguments.extraModules or [ ] ++ arguments.modules;
    specialArgs = removeAttrs (system.options._module.specialArgs.value or { }) [ "modulesPath" ];
    system = if ownPlatform then null else system.pkgs.stdenv.hostPlatform.system;
  };
}
