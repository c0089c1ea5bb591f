# A service that dynix has no file for: some of the options of services.nginx, and its unit.
{ config, lib, pkgs, ... }:

let
  inherit (lib) mkOption types;
  cfg = config.services.nginx;
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
    serviceConfig.ExecStart = "/bin/nginx -c ${configFile}";
  };
}
