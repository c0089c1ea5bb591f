# What a dynamic file changes outside of the units that a plan acts on: its leaks.
#
# Complete evaluations are compared, never a list of what may depend on what: whatever way a value takes
# through the modules, it is seen where it comes out. `verify` says how much is compared:
#
#   quick  every unit, user unit, /etc entry, user and group; the packages in the system's path by name
#   full   the system's toplevel, to the last bit; the packages by their store paths
{
  lib,
  static,
  dynamic,
  # The config of the dynamic evaluation with one more module.
  extend,
  # The names of the planned units.
  planned,
  # A value as far as JSON has it.
  plain,
  verify,
}:

let
  full = verify == "full";

  # Stronger than what any entry of a dynamic file has.
  asStatic = lib.mkOverride (-1000000000);

  # The dynamic configuration with everything put back to static that may differ, so that nothing made of
  # that differs either:
  neutral = extend {
    # what the plan changes,
    systemd.units = lib.genAttrs plannedThere (name: {
      text = asStatic static.systemd.units.${name}.text;
    });
    # dynix's own records, which have static values and the planned units in them,
    environment.etc = lib.genAttrs records (name: {
      source = asStatic static.environment.etc.${name}.source;
    });
    # and the packages, which are compared by themselves: half of the system refers to the path they make.
    environment.systemPackages = asStatic static.environment.systemPackages;
  };
  plannedThere = lib.filter (name: static.systemd.units ? ${name}) planned;
  records = lib.filter (name: static.environment.etc ? ${name}) [
    "dynix/options.json"
    "dynix/system.json"
  ];

  linesOf = lib.concatStringsSep "\n";
  listed = key: map (name: "${key}=${name}");

  # A unit as NixOS writes it: its file, and the links that stand for an [Install] section.
  unitLines =
    unit:
    linesOf (
      lib.optional (!unit.enable) "(masked)"
      ++ lib.optional (unit.enable && unit.text != null) unit.text
      ++ listed "WantedBy" unit.wantedBy
      ++ listed "RequiredBy" unit.requiredBy
      ++ listed "UpheldBy" (unit.upheldBy or [ ])
      ++ listed "Alias" (unit.aliases or [ ])
    );

  entryLines =
    entry:
    linesOf (
      [
        "target=${entry.target}"
        "mode=${entry.mode} ${entry.user} ${entry.group}"
        # A path outside of the store is the same file for both evaluations.
        "source=${toString entry.source}"
      ]
      ++ lib.optional (entry.text != null) entry.text
    );

  # Attributes of a user or group, each on a line; passwords only as far as they can be told apart.
  accountLines =
    account:
    linesOf (
      lib.mapAttrsToList (
        name: value:
        let
          shown = builtins.tryEval (
            if lib.isDerivation value then toString value else builtins.toJSON (plain value)
          );
          text = if shown.success then shown.value else "";
        in
        "${name}=${if lib.hasInfix "assword" name then builtins.hashString "sha256" text else text}"
      ) (removeAttrs account [ "packages" ])
    );

  # Several packages may have one name.
  byName = lib.groupBy (
    package: builtins.unsafeDiscardStringContext (package.name or (baseNameOf (toString package)))
  );

  units = lib.mapAttrs (_: unitLines);
  accounts = lib.mapAttrs (_: accountLines);

  # What is compared by name, as text.
  subjects = {
    unit = system: units system.systemd.units;
    user-unit = system: units system.systemd.user.units;
    etc =
      system:
      lib.mapAttrs (_: entryLines) (
        # Without what is made of the units.
        removeAttrs (lib.filterAttrs (_: entry: entry.enable) system.environment.etc) [
          "systemd/system"
          "systemd/user"
        ]
      );
    user = system: accounts system.users.users;
    group = system: accounts system.users.groups;
  };
  packages =
    system:
    lib.mapAttrs (_: same: if full then linesOf (map toString same) else toString (lib.length same)) (
      byName system.environment.systemPackages
    );

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
++ lib.optionals full whole
