# What an override makes is looked through when the system is built, and nothing of the system is made of that.
{ config, lib, ... }:

let
  check =
    name:
    derivation {
      inherit name;
      builder = "/bin/sh";
      system = builtins.currentSystem;
    };
  nixos = builtins.getEnv "DYNIX_NIXPKGS" + "/nixos/modules/system";
  # An older NixOS has no checks.
  isOld =
    builtins.pathExists (nixos + "/activation/top-level.nix")
    && !lib.hasInfix "system.checks" (builtins.readFile (nixos + "/activation/top-level.nix"));
in
{
  options = lib.optionalAttrs isOld {
    system.checks = lib.mkOption {
      type = lib.types.listOf lib.types.unspecified;
      default = [ ];
    };
  };
  config.system.checks = [
    (check "always")
    (check "check-${toString config.services.bar.threads}-threads")
  ];
}
