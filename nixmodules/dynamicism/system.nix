# What dynix leaves in the static system: its program, the record of how the system was evaluated, and
# the unit that takes every override back at a switch.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.dynamicism;
  nix = import ./nix-in-unit.nix { inherit config lib pkgs; };
  services = lib.filterAttrs (_: service: service.enable) cfg.for;
  units = lib.unique (lib.concatMap (service: service.units) (lib.attrValues services));
in
{
  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];

    # The priority is as in ./schema.
    environment.etc."dynix/system.json".text = lib.mkOverride 100 (builtins.toJSON {
      version = 1;
      inherit (cfg) dynamicFile;
      source = cfg.source.record;
      # What is read besides that which stands beside the configuration's own file. Of a flake its lock says it, and
      # with lazy-trees in nix.conf these would have other names in each evaluation, and the system with them.
      roots = lib.optionals (cfg.source.kind != "flake") [
        (toString pkgs.path)
        (toString ../.)
      ];
      moreRoots = cfg.source.roots;
      services = lib.mapAttrs (_: service: service.units) services;
      units = lib.genAttrs units (unit: "${config.systemd.units.${unit}.unit}/${unit}");
    });

    # A switch restarts sysinit-reactivation.target after its daemon-reload, and a boot does not start it.
    # switch-to-configuration never reads drop-ins below /run, so nobody else would take them away.
    systemd.services.dynix-revert = {
      description = "Take back the overrides that dynix applied";
      wantedBy = [ "sysinit-reactivation.target" ];
      before = [ "sysinit-reactivation.target" ];
      restartIfChanged = false;
      serviceConfig = {
        Type = "oneshot";
        # Not getExe: the package may be no more than a store path, which has no meta.
        ExecStart = "${cfg.package}/bin/dynix reset --switching";
      };
    };

    # Behind a reboot: what was not confirmed before it and what is over by now goes out of the dynamic file, and
    # the timers of what ends later are there again. Nothing waits for it.
    systemd.services.dynix-due = {
      description = "Take back the overrides that are over, or that nobody confirmed";
      wantedBy = [ "multi-user.target" ];
      restartIfChanged = false;
      inherit (nix) environment path;
      serviceConfig = {
        Type = "exec";
        ExecStart = "${cfg.package}/bin/dynix due";
      };
    };
  };
}
