# nginx with `services.nginx.enableReload` finds its configuration at /etc/nginx/nginx.conf and takes a new one by a
# reload, without dropping a connection. Which of its options may change is for the user to say.
#
# It goes on with its old configuration when it cannot use the new one, so that only new workers show a reload.
# nginx-config-reload.service, which reloads it at a switch, has the file as its restart trigger.
{ config, lib, ... }:

let
  cfg = config.services.nginx or { };
in
{
  dynamicism.for.nginx = lib.mkIf (cfg.enableReload or false) {
    units = lib.mkMerge [
      # The first is the one that reads the file.
      (lib.mkBefore [ "nginx.service" ])
      (lib.mkAfter [ "nginx-config-reload.service" ])
    ];
    etc = [ "nginx/nginx.conf" ];
    reload = true;
    reloadStartsWorkers = true;
  };
}
