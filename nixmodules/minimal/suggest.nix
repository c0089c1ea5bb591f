# The options that a mistyped one may mean: those beside the place where it leaves the index, the nearest first.
{ lib, index }:
loc:
let
  # How far the index knows the path.
  known =
    before: node: rest:
    if rest == [ ] || !(builtins.isAttrs node && node ? ${lib.head rest}) then
      {
        inherit before node rest;
      }
    else
      known (before ++ [ (lib.head rest) ]) node.${lib.head rest} (lib.tail rest);
  place = known [ ] index loc;
  word = if place.rest == [ ] then "" else lib.head place.rest;
  near = lib.filter (name: lib.strings.levenshteinAtMost 2 word name) (
    if builtins.isAttrs place.node then lib.attrNames place.node else [ ]
  );
in
map (name: lib.showOption (place.before ++ [ name ])) (
  lib.take 3 (lib.sort (a: b: lib.strings.levenshtein word a < lib.strings.levenshtein word b) near)
)
