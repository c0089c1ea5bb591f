# The lib that the modules of a tree are evaluated with: its own, or a newer one with what that has dropped.
{
  nixpkgs,
  # A tree with a newer lib/ than that of `nixpkgs`; null takes the one that belongs to it.
  nixpkgsLib,
}:
(import ((if nixpkgsLib == null then nixpkgs else nixpkgsLib) + "/lib")).extend (
  final: prev: {
    replaceChars = prev.replaceStrings or builtins.replaceStrings;
    mapAttrsFlatten = prev.mapAttrsToList;
  }
)
