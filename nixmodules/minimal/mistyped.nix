# What to say of a definition of an option that no module of nixpkgs declares.
{ lib, index }:
{ option, file, ... }:
let
  # How far the index knows the path.
  known =
    before: node: rest:
    if rest != [ ] && builtins.isAttrs node && node ? ${lib.head rest} then
      known (before ++ [ (lib.head rest) ]) node.${lib.head rest} (lib.tail rest)
    else
      { inherit before node rest; };
  place = known [ ] index option;
  word = lib.head place.rest;
  distance = lib.strings.levenshtein word;
  near = lib.filter (lib.strings.levenshteinAtMost 2 word) (
    if builtins.isAttrs place.node then lib.attrNames place.node else [ ]
  );
  meant = lib.take 3 (lib.sort (a: b: distance a < distance b) near);
in
"The option `${lib.showOption option}' does not exist: no module of nixpkgs declares it. It is defined in `${file}'."
+ lib.optionalString (place.rest != [ ] && meant != [ ]) " Did you mean ${
   lib.concatMapStringsSep " or " (name: "`${lib.showOption (place.before ++ [ name ])}'") meant
 }?"
