# The path of an option, given as text, as JSON: equal for the same option.
{ lib }:

let
  pathOf = import ../dynamicism/schema/path.nix { inherit lib; };
in
option: builtins.toJSON (pathOf option)
