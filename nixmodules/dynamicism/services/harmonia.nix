# Harmonia, a binary cache, finds its settings through the variable CONFIG_FILE of its unit, and its signing
# keys as credentials of that unit.
#
# Covered: the settings and the signing keys, with the options of today (`services.harmonia.cache.…`) and
# the flat ones before them. Where the service is started by its socket, `bind` is the address of that
# socket: systemd restarts a socket only while its service is stopped, so an activation stops the service,
# restarts the socket and starts the service.
#
# Not covered: `daemon.*`, another unit, which works on the Nix database as root; `package` and `enable`,
# because no drop-in makes a unit come or go, and a package is no value that can be typed. A firewall or a
# reverse proxy that takes the port from `bind` does not follow it.
{
  config,
  lib,
  options,
  ...
}:

let
  harmonia = options.services.harmonia or { };
  nested = harmonia ? cache;
  prefix = "services.harmonia" + lib.optionalString nested ".cache";
  found = if nested then harmonia.cache else harmonia;

  scripts = import ../checks/scripts.nix { inherit lib; };
  settings = lib.attrByPath (lib.optional nested "cache" ++ [ "settings" ]) { } config.services.harmonia;
  # An address and a port; what else it can be, such as the path of a socket, is not looked at.
  bind = builtins.match "(.*):([0-9]+)" (settings.bind or "[::]:5000");
in
{
  dynamicism.for.harmonia = {
    options = map (name: "${prefix}.${name}") (
      lib.filter (name: found ? ${name}) [
        "settings"
        "signKeyPath"
        "signKeyPaths"
      ]
    );
    units = [
      "harmonia.service"
    ]
    ++ lib.optional (config.systemd.sockets ? harmonia) "harmonia.socket";
    checks.probe.http = {
      script = lib.mkDefault (
        if bind == null then
          "exit 0"
        else
          scripts.answersHttp {
            address = lib.elemAt bind 0;
            port = lib.elemAt bind 1;
            path = "/nix-cache-info";
          }
      );
      required = lib.mkDefault false;
    };
  };
}
