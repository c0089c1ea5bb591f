# Case A: a service takes a value from another one, in its unit, a file and a port of the firewall.
{ config, lib, ... }:

{
  options.services.foo.threads = lib.mkOption {
    type = lib.types.int;
    default = config.services.bar.threads;
    description = "As many as bar has.";
  };

  config = {
    systemd.services.foo.serviceConfig.ExecStart = "/bin/foo ${toString config.services.foo.threads}";
    environment.etc."foo.conf".text = ''
      [foo]
      threads=${toString config.services.foo.threads}
    '';
    users.users.foo = {
      isSystemUser = true;
      extraGroups = lib.optional (config.services.foo.threads > 6) "wheel";
    };
    networking.firewall.enable = true;
    networking.firewall.allowedTCPPorts = [ (8000 + config.services.foo.threads) ];
  };
}
