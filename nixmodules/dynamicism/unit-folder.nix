# What the folder of all units is made of, as text, with a place for each planned unit where its file would be: it is the
# same for two systems of which nothing else in the folder differs.
{
  lib,
  # The names of the planned units.
  planned,
}:

rec {
  name = "systemd/system";
  # Without the backslash that systemd-escape(1) puts into names: it would be another text in JSON. No name has a '%'.
  placeOf = unit: "/dynix-neutral/${builtins.replaceStrings [ "\\" ] [ "%" ] unit}/";

  # Of a configuration, and the units whose files these are.
  textOf =
    config: units:
    let
      inherit (config.environment.etc.${name}) source;
      present = lib.filter (unit: units ? ${unit}) planned;
    in
    builtins.replaceStrings
      (map (unit: builtins.unsafeDiscardStringContext (toString units.${unit}.unit)) present)
      (map placeOf present)
      (builtins.unsafeDiscardStringContext (builtins.toJSON (source.drvAttrs or source)));

  # The planned units of which something else in it is made.
  twiceIn = text: lib.filter (unit: lib.length (lib.splitString (placeOf unit) text) > 2) planned;
}
