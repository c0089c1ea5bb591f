# What the container machine takes over from a NixOS configuration: the units and files that dynix plans for and its
# own, what they are wanted by, the files of /etc/dynix and the users that the units run as. Of one with runtime
# modules, whose modules may bring anything: every unit, file, user and package, and a switch-to-configuration.
{
  file ? null,
  config ? (
    let
      imported = import file;
      system = if builtins.isFunction imported then imported { } else imported;
    in
    system.config
  ),
}:

let
  isWhole = config.services.runtimeModules.enable or false;
  # What NixOS makes of units and of users is not a file of Debian's.
  isOfNixos = name: builtins.match "(systemd/.*|profiles/.*|set-environment)" name != null;
  isOurs = name: builtins.substring 0 6 name == "dynix/" || builtins.elem name (ofServices "etc");
  isThere = name: config.environment.etc.${name}.enable or true;
  files = builtins.filter (name: (isOurs name || (isWhole && !isOfNixos name)) && isThere name) (
    builtins.attrNames config.environment.etc
  );
  # A system without dynix is one that the machine makes itself, of the units that it takes over.
  planned =
    if config ? dynamicism && !isWhole then
      ofServices "units"
    else
      builtins.attrNames config.systemd.units;
  ofServices =
    member:
    builtins.concatMap (service: if service.enable then service.${member} else [ ]) (
      builtins.attrValues config.dynamicism.for or { }
    );
  names = builtins.filter (name: config.systemd.units ? ${name}) (
    planned ++ (
      if isWhole then
        [ ]
      else
        [
          "dynix-reapply.service"
          "dynix-revert.service"
        ]
    )
  );

  unitLinks = map (name: {
    name = "etc/systemd/system/${name}";
    target = "${config.systemd.units.${name}.unit}/${name}";
  }) names;
  wantedLinks = builtins.concatLists (
    map (
      name:
      let
        unit = config.systemd.units.${name};
        below =
          kind: target: {
            name = "etc/systemd/system/${target}.${kind}/${name}";
            target = "${unit.unit}/${name}";
          };
      in
      map (below "wants") unit.wantedBy ++ map (below "requires") unit.requiredBy
    ) names
  );
  fileLinks = map (name: {
    name = "etc/${name}";
    target = "${config.environment.etc.${name}.source}";
  }) files;

  userOf =
    name:
    let
      base = builtins.match "(.*)\\.service" name;
      service = if base == null then { } else config.systemd.services.${builtins.head base} or { };
    in
    service.serviceConfig.User or null;
  users =
    # What the units say of them is not for the system to look at.
    if isWhole || isOfEtc then
      builtins.attrNames config.users.users
    else
      builtins.filter (user: user != null && config.users.users ? ${user}) (map userOf names);

  # ../../nixpkgs may ask for it.
  isOfEtc = config.system.build.isOfEtc or false;
  inEtc = "systemd/system";
  ownFolder = builtins.stringLength "etc/${inEtc}/";
  linked =
    name: links:
    derivation {
      inherit name;
      system = builtins.currentSystem;
      builder = "/bin/bash";
      args = [
        "-c"
        takeOver
      ];
      users = "";
      links = linesOf links;
    };
  unitFolder = linked "system-units" (
    map (entry: entry // { name = builtins.substring ownFolder (-1) entry.name; }) (
      # A unit has one place in it, as on NixOS, and the other links lead there.
      unitLinks ++ map (entry: entry // { target = "../${baseNameOf entry.name}"; }) wantedLinks
    )
  );
  etc = linked "etc" (
    fileLinks
    ++ (
      if isThere inEtc then
        [
          {
            name = "etc/${inEtc}";
            target = config.environment.etc.${inEtc}.source;
          }
        ]
      else
        [ ]
    )
  );

  linesOf = entries: builtins.concatStringsSep "\n" (map (entry: "${entry.name} ${entry.target}") entries);

  takeOver = ''
    PATH=/usr/bin
    mkdir -p $out
    while read -r name target; do
      mkdir -p "$out/$(dirname "$name")"
      ln -s "$target" "$out/$name"
    done <<< "$links"
    printf '%s\n' "$users" > $out/users.json
  '';
  takeOverTheRest = ''
    mkdir -p $out/bin $out/sw/bin
    ln -s /usr/local/bin/nixos-rebuild $out/bin/switch-to-configuration
    ln -s /usr/local/bin/nixos-rebuild $out/activate
    for package in $packages; do ln -s $package/bin/* $out/sw/bin/; done
  '';
in
derivation (
  {
    name = "nixos-system-machine";
    system = builtins.currentSystem;
    builder = "/bin/bash";
    args = [
      "-c"
      (takeOver + (if isWhole then takeOverTheRest else ""))
    ];
    links = linesOf (
      if isOfEtc then
        [
          {
            name = "etc";
            target = "${config.system.build.etc}/etc";
          }
        ]
      else
        unitLinks ++ wantedLinks ++ fileLinks
    );
    users = builtins.toJSON (
      map (user: {
        name = user;
        uid = config.users.users.${user}.uid or null;
      }) users
    );
  }
  // (
    if isWhole then
      {
        # Those that something builds; the others are Debian's.
        packages = builtins.filter (package: package.isBuilt or false) config.environment.systemPackages;
      }
    else
      { }
  )
)
// {
  inherit etc unitFolder;
}
