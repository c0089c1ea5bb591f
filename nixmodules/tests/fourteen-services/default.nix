# A machine with fourteen services, thirteen of them dynamic.
{ lib, ... }:

{
  boot.isContainer = true;
  documentation.enable = false;
  networking.hostName = "machine";
  services = {
    chrony.enable = true;
    distccd.enable = true;
    fail2ban.enable = true;
    grafana.enable = true;
    memcached.enable = true;
    mosquitto = {
      enable = true;
      host = "127.0.0.1";
      users = { };
    };
    nginx.enable = true;
    nginx.virtualHosts.localhost.root = "/srv";
    openssh.enable = true;
    postgresql.enable = true;
    prometheus.enable = true;
    prometheus.exporters.node.enable = true;
    redis.enable = true;
    rsyslogd.enable = true;
    unbound.enable = true;
  };
  dynamicism.enable = true;
  dynamicism.for = lib.mapAttrs (_: service: {
    enable = true;
    options = lib.attrNames service.values;
    inherit (service) units;
  }) (import ./values.nix);
}
