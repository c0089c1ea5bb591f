# The leaves at which two values of an option differ.
{ lib }:
let
  leavesAt =
    path: static: dynamic:
    if static == dynamic then
      [ ]
    else if lib.isAttrs static && lib.isAttrs dynamic then
      lib.concatMap (name: leavesAt (path ++ [ name ]) (static.${name} or null) (dynamic.${name} or null)) (
        lib.attrNames (static // dynamic)
      )
    else
      [ { inherit path static dynamic; } ];
in
leavesAt
