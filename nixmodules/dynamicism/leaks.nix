# What a dynamic file changes outside of the units that a plan acts on: its leaks.
#
# They are found in what ./compared.nix sees of both systems, and told line by line.
{
  lib,
  static,
  dynamic,
  # The config of the dynamic evaluation with one more module.
  extend,
  # The names of the planned units.
  planned,
  # ./compared.nix
  compared,
  verify,
}:

let
  inherit (compared) subjects packages;
  linesOf = lib.concatStringsSep "\n";

  # Stronger than what any entry of a dynamic file has.
  asStatic = lib.mkOverride (-1000000000);

  # The dynamic configuration with everything put back to static that may differ, so that nothing made of
  # that differs either:
  neutral = extend {
    # what the plan changes,
    systemd.units = lib.genAttrs plannedThere (name: {
      text = asStatic static.systemd.units.${name}.text;
    });
    # dynix's own records,
    environment.etc = lib.genAttrs records (name: {
      source = asStatic static.environment.etc.${name}.source;
    });
    # and the packages, which are compared by themselves: half of the system refers to the path they make.
    environment.systemPackages = asStatic static.environment.systemPackages;
  };
  plannedThere = lib.filter (name: static.systemd.units ? ${name}) planned;
  records = lib.filter (name: static.environment.etc ? ${name}) compared.records;

  # Lines of a text that another one has not; what is shown of a difference.
  shown =
    text: than:
    if text == null then
      null
    else if than == null then
      ""
    else
      linesOf (lib.take 8 (lib.subtractLists (lib.splitString "\n" than) (lib.splitString "\n" text)));

  compare =
    kind: before: after:
    let
      textIn =
        all: name: if all ? ${name} then builtins.unsafeDiscardStringContext all.${name} else null;
    in
    lib.concatMap (
      name:
      let
        was = textIn before name;
        is = textIn after name;
      in
      lib.optional (was != is) {
        inherit kind name;
        static = shown was is;
        dynamic = shown is was;
      }
    ) (lib.attrNames (before // after));

  parts = lib.concatLists (
    lib.mapAttrsToList (kind: of: compare kind (of static) (of neutral)) subjects
  );
  toplevel = system: builtins.unsafeDiscardStringContext system.system.build.toplevel.drvPath;
  # What no part shows, such as the kernel's parameters and the activation scripts, shows in the whole.
  whole = lib.optional (parts == [ ] && toplevel static != toplevel neutral) {
    kind = "system";
    name = "toplevel";
    static = toplevel static;
    dynamic = toplevel neutral;
  };
in
parts
++ compare "package" (packages static) (packages dynamic)
++ lib.optionals (verify == "full") whole
