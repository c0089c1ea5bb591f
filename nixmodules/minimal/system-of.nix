# The system of a source, as /etc/dynix/system.json says how one is evaluated.
{
  kind,
  nixpkgs ? "",
  configuration ? "",
  file ? "",
  flake ? "",
  attribute ? [ ],
}:
let
  called = value: if builtins.isFunction value then value { } else value;
  at = builtins.foldl' (set: name: called set.${name});
in
{
  configuration = import (nixpkgs + "/nixos") { configuration = /. + configuration; };
  file = at (called (import (/. + file))) attribute;
  flake = at (builtins.getFlake flake) attribute;
}
.${kind}
