# Case C: what a service takes by force depends on another option, so whether an override reaches it does too.
{ config, lib, ... }:

let
  inherit (config.services) bar foo;
in
{
  options.services.foo.threads = lib.mkOption {
    type = lib.types.int;
    description = "As many as is good for it.";
  };

  config = {
    services.foo.threads = lib.mkMerge [
      7
      (lib.mkIf (bar.limit > 9000) (lib.mkForce bar.threads))
    ];
    systemd.services.foo.serviceConfig.ExecStart = "/bin/foo ${toString foo.threads}";
  };
}
