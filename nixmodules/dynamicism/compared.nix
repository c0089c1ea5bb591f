# What is compared of two systems, by kind and name, as text.
#
# Complete evaluations are compared, never a list of what may depend on what: whatever way a value takes
# through the modules, it is seen where it comes out. `verify` says how much is compared:
#
#   quick  every unit, user unit, /etc entry, user and group; the packages in the system's path by name
#   full   the system's toplevel, to the last bit; the packages by their store paths
{
  lib,
  # A value as far as JSON has it.
  plain,
  # The names of the planned units.
  planned,
  # The entries of environment.etc whose links a plan switches.
  plannedEtc ? [ ],
  verify,
}:

let
  full = verify == "full";

  linesOf = lib.concatStringsSep "\n";
  listed = key: map (name: "${key}=${name}");

  # A unit as NixOS writes it: its file, and the links that stand for an [Install] section.
  unitLines =
    isGiven: unit:
    linesOf (
      lib.optional (!unit.enable) "(masked)"
      ++ lib.optional unit.enable (
        # Some are given as what is built.
        if unit.text == null then toString unit.unit else unit.text
      )
      ++ lib.optional (isGiven && !(unit.enable && unit.text == null)) "file=${toString unit.unit}"
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
          text = if shown.success then shown.value else "(does not evaluate)";
        in
        "${name}=${if lib.hasInfix "assword" name then builtins.hashString "sha256" text else text}"
      ) (removeAttrs account [ "packages" ])
    );

  # Several packages may have one name.
  byName = lib.groupBy (
    package: builtins.unsafeDiscardStringContext (package.name or (baseNameOf (toString package)))
  );

  givenIn = import ./given-units.nix { inherit lib; };
  units =
    path: system:
    let
      given = givenIn (lib.attrByPath path null system.options);
    in
    lib.mapAttrs (
      name:
      # Of a planned unit, what no drop-in changes.
      if path == [ "systemd" "units" ] && lib.elem name planned then
        unit: unitLines false (unit // { text = ""; })
      else
        unitLines (given ? ${name})
    ) (lib.attrByPath path { } system.config);
  accounts = lib.mapAttrs (_: accountLines);

  # dynix's own files, which have static values and the planned units in them.
  records = [
    "dynix/modules.json"
    "dynix/options.json"
    "dynix/system.json"
  ];

  # By kind, functions of a system, with its `config` and `options`. Of a planned file, all but where its link leads.
  subjects = {
    unit = units [ "systemd" "units" ];
    user-unit = units [ "systemd" "user" "units" ];
    etc =
      { config, ... }:
      lib.mapAttrs
        (
          name: entry:
          entryLines (
            if lib.elem name plannedEtc then
              entry
              // {
                source = "";
                text = null;
              }
            else
              entry
          )
        )
        (
          # Without what is made of the units, which are compared by themselves.
          removeAttrs (lib.filterAttrs (_: entry: entry.enable) config.environment.etc) (
            [
              "systemd/system"
              "systemd/user"
            ]
            ++ records
          )
        );
    user = { config, ... }: accounts config.users.users;
    group = { config, ... }: accounts config.users.groups;
  };
  packages =
    { config, ... }:
    lib.mapAttrs (_: same: if full then linesOf (map toString same) else toString (lib.length same)) (
      byName config.environment.systemPackages
    );

  # All of a system that no plan with these units acts on.
  bystanders = system: lib.mapAttrs (_: of: of system) (subjects // { inherit packages; });
in
{
  inherit
    packages
    planned
    plannedEtc
    records
    subjects
    ;

  # Of two sets of texts, the names that do not have the same one: `was` and `is`, null where there is none.
  differences =
    before: after:
    let
      textIn =
        all: name: if all ? ${name} then builtins.unsafeDiscardStringContext all.${name} else null;
    in
    lib.filter (it: it.was != it.is) (
      map (name: {
        inherit name;
        was = textIn before name;
        is = textIn after name;
      }) (lib.attrNames (before // after))
    );

  # Those as one hash. `running` is the system that runs:
  # what held before a switch says nothing of the time behind it.
  hashOfBystanders =
    running: system:
    builtins.hashString "sha256" (
      builtins.toJSON (lib.optionalAttrs (plannedEtc != [ ]) { inherit plannedEtc; } // {
        inherit running planned;
        # What its records say of the services, without the paths of the planned units.
        services = lib.mapAttrs (_: service: [
          service.enable
          service.options
          service.units
        ]) system.config.dynamicism.for;
        # Each text for itself: JSON cannot hold every one.
        bystanders = lib.mapAttrs (_: lib.mapAttrs (_: builtins.hashString "sha256")) (bystanders system);
      })
    );
}
