# What is made of the planned unit: nothing but the unit itself takes the value.
{ config, ... }:

let
  inherit (config.systemd.units."bar.service") text unit;
  package =
    name: content:
    derivation {
      inherit name content;
      builder = "/bin/sh";
      system = builtins.currentSystem;
    };
in
{
  environment.etc."copy-of-bar".text = text;
  systemd.services.watcher = {
    serviceConfig.ExecStart = "/bin/watch";
    restartTriggers = [ unit ];
  };
  # As autovt@.service is one of getty@.service, and for the users.
  systemd.units."other-bar.service".unit = package "other-bar.service" unit;
  systemd.user.units."other-bar.service".unit = package "other-bar.service" unit;
  boot.kernelParams = [ "bar.unit=${unit}" ];
}
