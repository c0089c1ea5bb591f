# A user makes another service dynamic in five lines: nginx, with the module and package of the nixpkgs itself.
let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  newerLib = builtins.getEnv "DYNIX_NIXPKGS_LIB";
  lib = import ../../vmtests/nixpkgs/lib.nix {
    inherit nixpkgs;
    nixpkgsLib = if newerLib == "" then null else newerLib;
  };

  system = import (nixpkgs + "/nixos/lib/eval-config.nix") {
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
    ];
  };

  inherit (import ./plans.nix) planOf changesOf;
  plan = planOf system ./dynamic/nginx.nix;
  changes = changesOf plan;
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
