# Units that have a text, and a file that is not made of it: another one, and the planned one.
{ config, lib, ... }:

let
  fileOf = value: derivation {
    name = "unit";
    builder = "/bin/sh";
    system = builtins.currentSystem;
    inherit value;
  };
in
{
  systemd.services.foo.serviceConfig.ExecStart = "/bin/foo";
  systemd.units = {
    "foo.service".unit = lib.mkForce (fileOf config.services.bar.threads);
    "bar.service" = lib.mkIf (config.services.bar.limit > 9000) { unit = lib.mkForce (fileOf ""); };
  };
}
