# The health checks and the file of nginx, for a configuration that makes it dynamic (README.md has one): which of its options
# reach nginx.service alone depends on how it is used, so they are not listed here.
{ config, lib, ... }:

let
  scripts = import ../checks/scripts.nix { inherit lib; };
  inherit (config.services) nginx;
  start = config.systemd.services.nginx.serviceConfig.ExecStart;
  # With a file below /etc the unit names its place, where the new one is not before the reload.
  command =
    if nginx.enableReload or false then
      lib.replaceStrings [ "/etc/nginx/nginx.conf" ] [ "${config.environment.etc."nginx/nginx.conf".source}" ] start
    else
      start;
in
{
  dynamicism.for.nginx = {
    # The newest NixOS has it also without enableReload, for people to look at: nginx does not read it then.
    etcIfAny = [ "nginx/nginx.conf" ];

    checks = {
      # The command of the unit, as its own ExecStartPre= has it: but before the server is stopped.
      preflight.syntax.script = lib.mkDefault "exec ${command} -t";

      probe.http = {
        script = lib.mkDefault (scripts.answersHttp { port = nginx.defaultHTTPListenPort or 80; });
        required = lib.mkDefault false;
      };
    };
  };
}
