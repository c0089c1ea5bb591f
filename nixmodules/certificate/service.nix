# The unit that proves, after a switch and at boot, what no value of a dynamic option reaches.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.dynamicism;
  # A proof of another Nix is of no use to the shell that applies.
  nix = import ../dynamicism/nix-in-unit.nix { inherit config lib pkgs; };
in
{
  options.dynamicism.certify = {
    enable = lib.mkOption {
      type = lib.types.bool;
      default = true;
      description = ''
        Whether {command}`dynix certify` runs after each switch and boot, with idle priority. Where it proves
        that no value of an option reaches anything but the planned units and files, {command}`dynix apply`
        evaluates those alone.
      '';
    };
    memory = lib.mkOption {
      type = lib.types.str;
      default = "50%";
      example = "2G";
      description = "The most memory that it may take, as `MemoryMax` of systemd.resource-control(5).";
    };
  };

  config = lib.mkIf (cfg.enable && cfg.certify.enable) {
    systemd.services.dynix-certify = {
      description = "Prove what no value of a dynamic option reaches";
      # A switch restarts sysinit-reactivation.target, and with it this: what it is at is not of use any more.
      wantedBy = [
        "multi-user.target"
        "sysinit-reactivation.target"
      ];
      unitConfig.PartOf = [ "sysinit-reactivation.target" ];
      restartIfChanged = false;
      inherit (nix) environment path;
      serviceConfig = {
        # Nobody waits for it.
        Type = "exec";
        ExecStart = "${cfg.package}/bin/dynix certify";
        # A configuration of which nothing can be proved is no failure of the machine.
        SuccessExitStatus = 1;
        Nice = 19;
        CPUSchedulingPolicy = "idle";
        IOSchedulingClass = "idle";
        MemoryMax = cfg.certify.memory;
        MemorySwapMax = 0;
      };
    };
  };
}
