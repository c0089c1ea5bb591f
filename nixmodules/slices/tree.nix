# A set of what stands at some paths, of which none is another one's beginning: a function of each item, by its `path`.
{ lib }:

let
  at =
    leaf: depth: items:
    lib.mapAttrs (
      _: inner:
      if builtins.length (builtins.head inner).path == depth + 1 then
        leaf (builtins.head inner)
      else
        at leaf (depth + 1) inner
    ) (lib.groupBy (it: builtins.elemAt it.path depth) items);
in
leaf: at leaf 0
