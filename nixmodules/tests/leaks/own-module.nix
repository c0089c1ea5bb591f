# Case D: the module that declares the option also uses it outside of the planned unit.
{ config, ... }:

let
  cfg = config.services.bar;
in
{
  imports = [ ./bar.nix ];
  systemd.services.bar-cleaner.serviceConfig.ExecStart = "/bin/clean ${toString cfg.threads}";
  systemd.services.bar.wantedBy = if cfg.threads > 6 then [ "bar.target" ] else [ ];
  assertions = [
    {
      assertion = cfg.threads < 100;
      message = "bar has fewer than a hundred threads";
    }
  ];
  warnings = if cfg.threads > 50 then [ "bar has many threads" ] else [ ];
}
