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

  # The documentation of an option may read `config`, its declarations never do.
  tree = lib.mapAttrs (_: node: if lib.isOption node then map names.relative node.declarations else tree node);
in
tree (removeAttrs options [ "_module" ])
