# distccd takes its settings as arguments, in a start script that NixOS writes. All of them are in the
# unit but the firewall's ports, so `port`, `stats.port` and `openFirewall` are left static; so are `enable` and `package`.
{ config, lib, ... }:

let
  scripts = import ../checks/scripts.nix { inherit lib; };
in
{
  dynamicism.for.distccd = {
    options = map (name: "services.distccd.${name}") [
      "allowedClients"
      "jobTimeout"
      "logLevel"
      "maxJobs"
      "nice"
      "stats.enable"
      "zeroconf"
    ];
    units = [ "distccd.service" ];
    checks.probe.listens = {
      script = lib.mkDefault (scripts.listens config.services.distccd.port);
      required = lib.mkDefault false;
    };
  };
}
