# Units: their texts from the sections that modules write.
{ config, lib, pkgs, ... }:

let
  inherit (lib) mkOption types;
  option = type: default: description: mkOption { inherit type default description; };
  names = option (types.listOf types.str) [ ];
  section = option (types.attrsOf types.unspecified) { };

  links = {
    enable = option types.bool true "Whether it is there, or masked.";
    wantedBy = names "The units that want it.";
    requiredBy = names "The units that require it.";
  };
  unitOptions = links // {
    text = option (types.nullOr types.str) null "What its file says.";
    aliases = names "Its other names.";
    upheldBy = names "The units that keep it up.";
    unit = mkOption {
      type = types.package;
      description = "The folder with its file.";
    };
  };
  units = types.attrsOf (types.submodule (
    { config, name, ... }:
    {
      options = unitOptions;
      config.unit = lib.mkDefault (pkgs.writeTextDir name (if config.text == null then "" else config.text));
    }
  ));

  sections = {
    description = option types.str "" "What it is.";
    after = names "The units that it starts after.";
    before = names "The units that it starts before.";
    requires = names "The units that it needs.";
    unitConfig = section "Its section [Unit].";
    restartTriggers = option (types.listOf types.unspecified) [ ] "What it is restarted for.";
    restartIfChanged = option types.bool true "Whether a switch restarts it.";
  };
  serviceOptions = {
    environment = option (types.attrsOf (types.nullOr (types.either types.str types.path))) { } "Its environment.";
    path = option (types.listOf types.package) [ ] "Packages in its PATH.";
    serviceConfig = section "Its section [Service].";
  };
  socketOptions.socketConfig = section "Its section [Socket].";
  ofKind = more: option (types.attrsOf (types.submodule { options = links // sections // more; })) { };

  written = value: if builtins.isBool value then (if value then "true" else "false") else toString value;
  linesOf = lib.mapAttrsToList (
    key: value:
    lib.concatStrings (map (it: "${key}=${written it}\n") (if builtins.isList value then value else [ value ]))
  );
  unitSection =
    unit:
    linesOf (
      lib.filterAttrs (_: value: value != [ ] && value != "") {
        After = unit.after;
        Before = unit.before;
        Description = unit.description;
        Requires = unit.requires;
        X-Restart-Triggers = unit.restartTriggers;
      }
      // lib.optionalAttrs (!unit.restartIfChanged) { X-RestartIfChanged = false; }
      // unit.unitConfig
    );
  environmentOf =
    unit: lib.mapAttrsToList (key: value: "Environment=${builtins.toJSON "${key}=${toString value}"}\n") unit.environment;
  textOf =
    name: lines: unit:
    lib.concatStrings ([ "[Unit]\n" ] ++ unitSection unit ++ [ "\n[${name}]\n" ] ++ lines unit);

  folderOf =
    name: all:
    pkgs.linkFarm name (
      map (unit: {
        name = unit;
        path = all.${unit}.unit;
      }) (lib.attrNames all)
    );
  unitsOf =
    suffix: text: all:
    map (name: {
      name = "${name}.${suffix}";
      value = {
        inherit (all.${name}) enable wantedBy requiredBy;
        text = text all.${name};
      };
    }) (lib.attrNames all);
in
{
  options.systemd = {
    services = ofKind serviceOptions "Services.";
    sockets = ofKind socketOptions "Sockets.";
    targets = ofKind { } "Targets.";
    units = option units { } "All units.";
    user.units = option units { } "The units of every user's own manager.";
  };

  config.environment.etc = {
    "systemd/system".source = folderOf "system-units" config.systemd.units;
    "systemd/user".source = folderOf "user-units" config.systemd.user.units;
  };
  config.systemd.units = lib.listToAttrs (
    unitsOf "service" (textOf "Service" (it: environmentOf it ++ linesOf it.serviceConfig)) config.systemd.services
    ++ unitsOf "socket" (textOf "Socket" (it: linesOf it.socketConfig)) config.systemd.sockets
    ++ unitsOf "target" (textOf "Target" (_: [ ])) config.systemd.targets
  );
}
