# What one system has otherwise than another one: units, files below /etc, users, groups and packages, as text.
{
  lib,
  base,
  extended,
}:

let
  compared = import ../dynamicism/compared.nix {
    inherit lib;
    plain = import ../dynamicism/schema/plain.nix { inherit lib; };
    # No plan acts here: the units are compared whole.
    planned = [ ];
    verify = "full";
  };
  textIn = all: name: if all ? ${name} then builtins.unsafeDiscardStringContext all.${name} else null;
  compare =
    kind: of:
    let
      before = of base;
      after = of extended;
    in
    lib.concatMap (
      name:
      let
        was = textIn before name;
        is = textIn after name;
      in
      lib.optional (was != is) {
        inherit kind name;
        base = was;
        extended = is;
      }
    ) (lib.attrNames (before // after));
in
lib.concatLists (lib.mapAttrsToList compare (compared.subjects // { package = compared.packages; }))
