# A user makes another service dynamic in five lines: nginx, with the module and package of the nixpkgs itself.
let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  newerLib = builtins.getEnv "DYNIX_NIXPKGS_LIB";
  lib = import ../../vmtests/nixpkgs/lib.nix {
    inherit nixpkgs;
    nixpkgsLib = if newerLib == "" then null else newerLib;
  };

  systemWith =
    more:
    import (nixpkgs + "/nixos/lib/eval-config.nix") {
      inherit lib;
      system = builtins.currentSystem;
      modules = [
        ../.
        {
          services.nginx.enable = true;
          services.nginx.virtualHosts.localhost.root = "/var/www";

          dynamicism.enable = true;
          # The five lines.
          dynamicism.for.nginx = {
            enable = true;
            options = [ "services.nginx.clientMaxBodySize" ];
            units = [ "nginx.service" ];
          };

          dynamicism.package = derivation {
            name = "dynix";
            builder = "/bin/sh";
            system = builtins.currentSystem;
          };
          boot.isContainer = true;
        }
      ]
      ++ more;
    };
  system = systemWith [ ];

  inherit (import ./plans.nix) planOf planWith changesOf;
  plan = planOf system ./dynamic/nginx.nix;
  changes = changesOf plan;

  # Settings that have the name of a placeholder or of a word of Nix or an empty one, and a path with needless quotes.
  oddSystem = systemWith [
    {
      options.services.nginx.odd = lib.mkOption {
        type = lib.types.attrsOf lib.types.str;
        default = { };
      };
      config.dynamicism.for.nginx.options = [
        "services.\"nginx\".odd"
        "services.nginx.odd.\"\""
      ];
    }
  ];
  oddPlan = planOf oddSystem ./dynamic/odd-names.nix;
in
{
  "overrides of nginx" = {
    found = {
      inherit (plan) leaks problems overrides;
      services = map (service: { inherit (service) name options settleSeconds; }) plan.services;
    };
    wanted = {
      leaks = [ ];
      problems = [ ];
      overrides = [
        {
          option = "services.nginx.clientMaxBodySize";
          static = "10m";
          dynamic = "64m";
        }
      ];
      services = [
        {
          name = "nginx";
          options = [ "services.nginx.clientMaxBodySize" ];
          settleSeconds = 1;
        }
      ];
    };
  };
  # What the unit says is in the store in any case, as after a rebuild.
  "a plan of a file that others may not read has its fingerprint and not its text" =
    let
      hidden = planWith { hideValues = true; } system ./dynamic/nginx.nix;
    in
    {
      found = {
        inherit (hidden)
          configuration
          fingerprint
          overrides
          services
          ;
      };
      wanted = {
        configuration = "";
        fingerprint = import ../dynamicism/fingerprint.nix (builtins.readFile ./dynamic/nginx.nix);
        overrides = map (one: one // { dynamic = null; }) plan.overrides;
        inherit (plan) services;
      };
    };
  # They come with dynix, so that the five lines need none.
  "nginx's own checker is given the new configuration" =
    let
      unit = builtins.head (builtins.head plan.services).units;
      argumentsOf = name: text: builtins.match ".*${name}([^\n]*/bin/nginx -c [^\n]*).*" text;
      wanted = builtins.head (argumentsOf "ExecStart=" unit.dynamic);
    in
    {
      found = map (check: [
        check.name
        (lib.last check.command)
      ]) unit.preflights;
      wanted = [
        [
          "syntax"
          "exec ${wanted} -t"
        ]
      ];
    };
  "names are written as dynix itself writes them" = {
    found = {
      options = map (override: override.option) oddPlan.overrides;
      declared = lib.sort lib.lessThan (lib.head oddPlan.services).options;
    };
    wanted = {
      options = [
        "services.nginx.odd.\"\""
        "services.nginx.odd.\"*\""
        "services.nginx.odd.\"or\""
      ];
      declared = [
        "services.nginx.clientMaxBodySize"
        "services.nginx.odd"
        "services.nginx.odd.\"\""
      ];
    };
  };
  "what changes in nginx" = {
    found = {
      units = builtins.attrNames changes;
      command = builtins.any (lib.hasPrefix "ExecStart=") changes."nginx.service";
    };
    wanted = {
      units = [ "nginx.service" ];
      command = true;
    };
  };
}
