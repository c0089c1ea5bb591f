# Which module declares which option: a tree as that of the options, which has at the place of each option the
# modules that declare it, relative to nixos/modules.
{
  lib,
  # Of a system with the whole module list.
  options,
  modulesPath,
}:
let
  names = import ./names.nix { inherit lib modulesPath; };

  # A module in no file is one of the user's own.
  nameOf = file: if toString file == "<unknown-file>" then "the configuration" else names.relative file;
  # The documentation of an option may read `config`, its declarations never do.
  tree = lib.mapAttrs (_: node: if lib.isOption node then map nameOf node.declarations else tree node);
in
tree (removeAttrs options [ "_module" ])
