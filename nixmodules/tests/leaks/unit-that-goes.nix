# A planned unit that is there only with the static value.
{ config, lib, ... }:

{
  systemd.services.bar-helper = lib.mkIf (config.services.bar.threads < 6) {
    serviceConfig.ExecStart = "/bin/help";
  };
  dynamicism.for.bar.units = [ "bar-helper.service" ];
}
