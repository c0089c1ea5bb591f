# Two dynamic services, both with a health check: distccd by its preset, and one of the configuration's own, which has a
# file below /etc, too.
{ config, lib, ... }:

{
  options.services.ticker.seconds = lib.mkOption {
    type = lib.types.ints.positive;
    default = 60;
  };
  options.services.ticker.sound = lib.mkOption {
    type = lib.types.str;
    default = "tick";
  };

  config = {
    services.distccd = {
      enable = true;
      maxJobs = 12;
    };
    systemd.services.ticker = {
      wantedBy = [ "multi-user.target" ];
      serviceConfig.ExecStart = "/usr/bin/sleep ${toString config.services.ticker.seconds}";
      serviceConfig.Restart = "always";
    };

    environment.etc."ticker.conf".text = "sound=${config.services.ticker.sound}\n";

    dynamicism.enable = true;
    # What Nix is to read besides this folder and nixpkgs: the script writes it.
    dynamicism.source.roots = if builtins.pathExists ./roots.nix then import ./roots.nix else [ ];
    dynamicism.for.distccd.enable = true;
    dynamicism.for.distccd.settleSeconds = 0;
    dynamicism.for.ticker = {
      enable = true;
      options = [ "services.ticker" ];
      units = [ "ticker.service" ];
      etc = [ "ticker.conf" ];
      checks.probe.sleeps.deadlineSeconds = 1;
      checks.probe.sleeps.script = ''
        test ${toString config.services.ticker.seconds} -lt 900
      '';
    };
  };
}
