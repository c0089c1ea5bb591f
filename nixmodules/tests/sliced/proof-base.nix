# What every system of the tests of a proof has: one option that is proved, one unit, and one dynamic service.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    assertions = mkOption {
      type = types.listOf types.unspecified;
      default = [ ];
    };
    warnings = mkOption {
      type = types.listOf types.str;
      default = [ ];
    };
    systemd.units = mkOption {
      default = { };
      type = types.attrsOf (types.submodule { options.text = mkOption { type = types.str; }; });
    };
    environment.etc = mkOption { default = { }; };
    dynamicism.package = mkOption { default = "dynix"; };
    dynamicism.for.it = {
      etc = mkOption { default = [ ]; };
      checks.preflight = mkOption { default = { }; };
      checks.probe = mkOption { default = { }; };
    };
    target = mkOption {
      type = types.bool;
      default = false;
    };
  };
  config._module.args.pkgs = {
    tool =
      let
        platform = {
          system = "any";
          canExecute = _: true;
        };
      in
      derivation {
        name = "tool";
        system = "any";
        builder = "/bin/sh";
      }
      // {
        extra = "extra";
        hostPlatform = platform;
        buildPlatform = platform;
        # One that is no text.
        version = [ { of = platform; } ];
      };
    # No value of the option is to change one.
    changing = derivation {
      name = if config.target then "on" else "off";
      system = "any";
      builder = "/bin/sh";
    };
    runtimeShell = "sh";
    coreutils = "coreutils";
    stdenv.hostPlatform.system = "any";
  };
}
