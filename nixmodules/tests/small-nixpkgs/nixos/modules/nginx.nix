# A service that dynix has no file for: some of the options of services.nginx, and its unit.
{ config, lib, pkgs, ... }:

let
  inherit (lib) mkOption types;
  cfg = config.services.nginx;
  configPath = if cfg.enableReload then "/etc/nginx/nginx.conf" else configFile;
  configFile = pkgs.writeText "nginx.conf" ''
    http {
      client_max_body_size ${cfg.clientMaxBodySize};
      ${lib.concatStrings (lib.mapAttrsToList (name: host: "server { server_name ${name}; root ${host.root}; ${lib.concatStrings (lib.attrValues host.locations)} }\n") cfg.virtualHosts)}
    }
  '';
in
{
  options.services.nginx = {
    enable = lib.mkEnableOption "nginx";
    enableReload = mkOption {
      type = types.bool;
      default = false;
      description = "Whether a switch reloads it, with its configuration below /etc.";
    };
    clientMaxBodySize = mkOption {
      type = types.str;
      default = "10m";
      description = "How much a client may send at once.";
    };
    virtualHosts = mkOption {
      default = { };
      description = "The servers.";
      type = types.attrsOf (types.submodule {
        options = {
          root = mkOption {
            type = types.str;
            description = "The folder that it serves.";
          };
          locations = mkOption {
            type = types.attrsOf types.str;
            default = { };
            description = "What it does at which path.";
          };
        };
      });
    };
  };
  config.systemd.services.nginx = lib.mkIf cfg.enable {
    wantedBy = [ "multi-user.target" ];
    serviceConfig.ExecStart = "/bin/nginx -c ${configPath}";
    serviceConfig.ExecReload = "/bin/kill -HUP $MAINPID";
  };
  config.environment.etc."nginx/nginx.conf" = lib.mkIf cfg.enableReload { source = configFile; };
  config.systemd.services.nginx-config-reload = lib.mkIf cfg.enableReload {
    wantedBy = [ "multi-user.target" ];
    restartTriggers = [ configFile ];
    serviceConfig.Type = "oneshot";
    serviceConfig.ExecStart = "/bin/systemctl reload nginx.service";
  };
}
