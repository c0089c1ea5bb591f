# Files below /etc that a plan switches, and when a reload is enough: nginx with enableReload, and a service of
# a user's own.
let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  newerLib = builtins.getEnv "DYNIX_NIXPKGS_LIB";
  lib = import ../../vmtests/nixpkgs/lib.nix {
    inherit nixpkgs;
    nixpkgsLib = if newerLib == "" then null else newerLib;
  };
  inherit (import ./plans.nix) planWith planOf systemOf wholeSystemOf;

  systemWith =
    modules:
    systemOf {
      imports = modules;
      dynamicism.enable = true;
    };

  nginx = {
    dynamicism.enable = true;
    services.nginx.enable = true;
    services.nginx.enableReload = true;
    services.nginx.virtualHosts.localhost.root = "/var/www";
    dynamicism.for.nginx = {
      enable = true;
      options = [ "services.nginx.clientMaxBodySize" ];
      units = [ "nginx.service" ];
    };
  };
  # Whose settings stand in a file below /etc, one of them in its command line too.
  pond =
    { config, lib, ... }:
    let
      cfg = config.services.pond;
      number =
        default:
        lib.mkOption {
          type = lib.types.int;
          inherit default;
          description = "A number.";
        };
    in
    {
      options.services.pond = {
        fish = number 1;
        depth = number 2;
        port = number 3;
        copied = lib.mkEnableOption "a copied file";
      };
      config = {
        systemd.services.pond.serviceConfig = {
          ExecStart = "/bin/pond /etc/pond.conf ${toString cfg.port}";
          ExecReload = "/bin/kill -HUP $MAINPID";
        };
        environment.etc."pond.conf" = {
          text = "fish=${toString cfg.fish} depth=${toString cfg.depth}";
          mode = if cfg.copied then "0444" else "symlink";
        };
        dynamicism.for.pond = {
          enable = true;
          options = [ "services.pond" ];
          units = [ "pond.service" ];
          etc = [ "pond.conf" ];
          reload = [ "services.pond.fish" ];
        };
      };
    };
  pondSystem = systemWith [ pond ];
  fish = ./dynamic/pond-fish.nix;
  depth = ./dynamic/pond-depth.nix;

  system = wholeSystemOf nginx;
  plan = planOf system ./dynamic/nginx.nix;
  unitsOf = plan: lib.concatMap (service: service.units) plan.services;
  unit = plan: lib.head (unitsOf plan);
  change = unit: {
    inherit (unit) action;
    file = map (file: file.path) unit.files;
    differs = map (file: file.static != file.dynamic) unit.files;
    text = unit.static != unit.dynamic;
  };
  failed =
    system: map (it: it.message) (lib.filter (it: !it.assertion) system.config.assertions);
in
{
  "nginx with enableReload: its file, and nothing of its unit" = {
    found = change (unit plan) // {
      inherit (unit plan) startsWorkers;
    };
    wanted = {
      action = "reload";
      file = [ "nginx/nginx.conf" ];
      differs = [ true ];
      text = false;
      startsWorkers = true;
    };
  };
  "what a switch reloads it with is planned too, and nothing else changes" = {
    found = {
      units = map (unit: unit.name) (unitsOf plan);
      files = map (unit: unit ? files) (unitsOf plan);
      inherit (plan) leaks problems;
      full = (planWith { verify = "full"; } system ./dynamic/nginx.nix).leaks;
    };
    wanted = {
      units = [
        "nginx.service"
        "nginx-config-reload.service"
      ];
      files = [
        true
        false
      ];
      leaks = [ ];
      problems = [ ];
      full = [ ];
    };
  };
  "without enableReload it is restarted, as before" =
    let
      restarted = wholeSystemOf {
        imports = [ nginx ];
        services.nginx.enableReload = lib.mkForce false;
      };
      plan = planOf restarted ./dynamic/nginx.nix;
    in
    {
      found = {
        inherit (unit plan) action;
        inherit (plan) leaks;
        hasFile = (unit plan).files or [ ] != [ ];
      };
      wanted = {
        action = "restart";
        leaks = [ ];
        hasFile = restarted.config.environment.etc ? "nginx/nginx.conf";
      };
    };
  # As the nginx of newer NixOS has it.
  "where NixOS has the file without enableReload too, it follows" =
    let
      shown = wholeSystemOf (
        { config, lib, pkgs, ... }:
        {
          imports = [ nginx ];
          services.nginx.enableReload = lib.mkForce false;
          environment.etc."nginx/nginx.conf".source = lib.mkForce (
            pkgs.writeText "nginx.conf" config.services.nginx.clientMaxBodySize
          );
        }
      );
      plan = planOf shown ./dynamic/nginx.nix;
    in
    {
      found = change (unit plan) // {
        inherit (plan) leaks problems;
        full = (planWith { verify = "full"; } shown ./dynamic/nginx.nix).leaks;
      };
      wanted = {
        action = "restart";
        file = [ "nginx/nginx.conf" ];
        differs = [ true ];
        text = true;
        leaks = [ ];
        problems = [ ];
        full = [ ];
      };
    };
  "a reload is enough for these options only" = {
    found = map (file: change (unit (planOf pondSystem file))) [
      fish
      depth
    ];
    wanted = [
      {
        action = "reload";
        file = [ "pond.conf" ];
        differs = [ true ];
        text = false;
      }
      {
        action = "restart";
        file = [ "pond.conf" ];
        differs = [ true ];
        text = false;
      }
    ];
  };
  "a file that is not planned is a leak" = {
    found = map (leak: "${leak.kind} ${leak.name}") (planOf (systemWith [
      pond
      { dynamicism.for.pond.etc = lib.mkForce [ ]; }
    ]) fish).leaks;
    wanted = [ "etc pond.conf" ];
  };
  "what else is made of a planned file is one, too" = {
    found = map (leak: "${leak.kind} ${leak.name}") (planOf (systemWith [
      pond
      (
        { config, ... }:
        {
          environment.etc."copy-of-pond".text = config.environment.etc."pond.conf".text;
        }
      )
    ]) fish).leaks;
    wanted = [ "etc copy-of-pond" ];
  };
  "a file that is copied, and one that is not there, are problems" = {
    found = [
      (planOf (systemWith [
        pond
        { services.pond.copied = true; }
      ]) fish).problems
      (planOf (systemWith [
        pond
        { dynamicism.for.pond.etc = [ "gone.conf" ]; }
      ]) fish).problems
    ];
    wanted = [
      [
        "'/etc/pond.conf' is copied and not linked (`environment.etc.\"pond.conf\".mode`), so that no link can be switched"
      ]
      [
        "'/etc/gone.conf' is not part of the static configuration: 'dynamicism.for' names it as a file of a service"
        "'/etc/gone.conf' is not part of the configuration with the dynamic file: 'dynamicism.for' names it as a file of a service"
      ]
    ];
  };
  "'reload' names options of the service only" = {
    found = failed (systemWith [
      pond
      { dynamicism.for.pond.reload = [ "services.nginx.user" ]; }
    ]);
    wanted = [
      "dynix: 'dynamicism.for.pond.reload' names what is none of its options: 'services.nginx.user'. Name options of `dynamicism.for.pond.options`, or set it to true for all of them."
    ];
  };
}
