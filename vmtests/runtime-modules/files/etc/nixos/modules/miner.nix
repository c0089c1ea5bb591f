# A service with a setting that dynix can change while the module is on.
{ config, lib, pkgs, ... }:
{
  options.services.miner.depth = lib.mkOption {
    type = lib.types.int;
    default = 1000200;
    description = "How deep it goes.";
  };
  config = {
    systemd.services.miner = {
      wantedBy = [ "multi-user.target" ];
      serviceConfig.ExecStart = "${pkgs.coreutils}/bin/sleep ${toString config.services.miner.depth}";
    };
    dynamicism.for.miner = {
      enable = true;
      options = [ "services.miner.depth" ];
      units = [ "miner.service" ];
    };
  };
}
