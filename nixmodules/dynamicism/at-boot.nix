# Applies the overrides again after a boot or a switch, which both return to static.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.dynamicism;
  nix = import ./nix-in-unit.nix { inherit config lib pkgs; };
in
{
  options.dynamicism.applyAtBoot = lib.mkOption {
    type = lib.types.bool;
    default = false;
    example = true;
    description = ''
      Whether the overrides that were applied before, and are neither over nor waiting to be confirmed, are
      applied again after a boot and after a switch, in the background and each with its proof ({command}`dynix reapply`). Those that cannot be applied are left
      out; the journal and {command}`dynix status` name them.

      Without this a reboot or {command}`nixos-rebuild switch` returns to the static configuration, which is a
      way out when an override has done harm. With it, {command}`dynix undo` is that way.
    '';
  };

  config = lib.mkIf (cfg.enable && cfg.applyAtBoot) {
    systemd.services.dynix-reapply = {
      description = "Apply the overrides of the dynamic file again";
      # A boot starts the target, and so does every switch, after all that it restarts. The boot does not wait: a
      # target is ordered after what it wants, but not where that says that it comes after the target.
      wantedBy = [ "multi-user.target" ];
      # What was not confirmed is taken back first.
      after = [
        "multi-user.target"
        "dynix-due.service"
      ];
      # One that is at it when a switch begins starts again: what it has applied is taken back.
      unitConfig.PartOf = [ "sysinit-reactivation.target" ];
      restartIfChanged = false;
      inherit (nix) environment path;
      serviceConfig = {
        # Nobody waits for it.
        Type = "exec";
        # A switch holds the lock until it is over.
        ExecStart = "${cfg.package}/bin/dynix reapply --wait-for-lock 600";
        Nice = 10;
        IOSchedulingClass = "idle";
      };
    };
  };
}
