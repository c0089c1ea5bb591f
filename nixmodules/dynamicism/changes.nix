# The leaves at which two values of an option differ, as a plan has them.
{ lib, hideValues }:
let
  leavesAt = import ./leaves.nix { inherit lib; };
  showPath = import ./schema/show-path.nix;
in
path: static: dynamic:
map (leaf: {
  option = showPath leaf.path;
  inherit (leaf) static;
  dynamic = if hideValues then null else leaf.dynamic;
}) (leavesAt path static dynamic)
