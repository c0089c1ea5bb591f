# A module that changes another's unit, and reads another's options.
{ config, lib, ... }:

let
  cfg = config.services.proxy;
in
{
  options.services.proxy = {
    enable = lib.mkEnableOption "a proxy in front of nginx";
    ports = lib.mkOption {
      type = lib.types.listOf lib.types.port;
      default = [ 80 ];
      description = "Where it listens.";
    };
  };
  config = lib.mkIf cfg.enable {
    systemd.services.nginx.environment.PROXY = config.networking.hostName;
    networking.firewall.allowedTCPPorts = cfg.ports;
  };
}
