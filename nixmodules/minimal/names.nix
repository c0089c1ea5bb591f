# Modules by name. A module of nixpkgs is called by its path relative to nixos/modules, so that a list holds for
# every copy of the same nixpkgs; any other file by its whole path.
{ lib, modulesPath }:
let
  folder = toString modulesPath + "/";
in
# It has the definitions of a group among its options, and reading one option of a module asks for all of them.
if (lib.evalModules { modules = [ ]; }).options ? _definedNames then
  throw "dynix: the module system of this nixpkgs is older than that of NixOS 21.05: give a newer `lib'"
else
rec {
  relative = file: lib.removePrefix folder (toString file);
  isOfNixpkgs = file: lib.hasPrefix folder (toString file);

  # What a list, an argument `modules` or the user names: "services/networking/ssh/sshd.nix", or any module.
  resolve =
    module:
    if builtins.isString module && builtins.substring 0 1 module != "/" then
      # The path of a flake's input is a string that refers to the store.
      /. + builtins.unsafeDiscardStringContext (folder + module)
    else
      module;
}
