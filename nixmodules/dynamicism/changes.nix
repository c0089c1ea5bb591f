# The leaves at which two values of an option differ, as a plan has them.
{ lib, hideValues }:
let
  showPath = import ./schema/show-path.nix;

  changesAt =
    path: static: dynamic:
    if static == dynamic then
      [ ]
    else if lib.isAttrs static && lib.isAttrs dynamic then
      lib.concatMap (name: changesAt (path ++ [ name ]) (static.${name} or null) (dynamic.${name} or null)) (
        lib.attrNames (static // dynamic)
      )
    else
      [
        {
          option = showPath path;
          inherit static;
          dynamic = if hideValues then null else dynamic;
        }
      ];
in
changesAt
