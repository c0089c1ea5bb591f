# Modules that put a canary in the place of something: what looks at it ends with what `fire` does.
{
  lib,
  # Of what the canary sits on, in words.
  fire,
}:

let
  pathOf = import ../dynamicism/schema/path.nix { inherit lib; };
in
rec {
  # Stronger than what any entry of a dynamic file has.
  strongest = lib.mkOverride (-1000000000);

  # Not only its value: whether the option has a definition at all is nobody's to know, so that what does not look
  # holds for any number of definitions, with whatever priorities and from whatever files. So it holds for every part
  # of several options that are proved together, too.
  #
  # Not so for the option around one inside a submodule: it has a definition more, of the priority that it has
  # already (targets.nix), and how many there are and from which files can be looked at without meeting this.
  onOption = option: {
    config = lib.setAttrByPath (pathOf option) (lib.mkIf (fire option) null);
  };

  # An option that all else is defined for, and that nothing is to look at.
  onResult = name: instead name (fire name);
  # Its definitions are not looked at either.
  instead = name: value: {
    options.${name} = lib.mkOption { apply = _: value; };
  };

  # The text of a unit, and what is built of it.
  onUnits = units: {
    systemd.units = lib.genAttrs units (unit: {
      text = strongest (fire unit);
      unit = strongest (fire unit);
    });
  };
}
