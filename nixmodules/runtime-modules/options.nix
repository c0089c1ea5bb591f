# The options of runtime modules, and what is wrong with a list of them.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.services.runtimeModules;
  inherit (lib) mkOption types;

  faults = import ./faults.nix {
    inherit lib;
    inherit (cfg) modules;
    option = "services.runtimeModules.modules";
  };

  module = types.submodule {
    options = {
      name = mkOption {
        type = types.str;
        example = "gaming";
        description = ''
          What the module is called on the command line: letters, digits and `._+-`, the first one a letter or a
          digit.
        '';
      };

      path = mkOption {
        type = types.nullOr types.path;
        default = null;
        example = lib.literalExpression "./gaming.nix";
        description = "The file of a NixOS module. It is read when the module is turned on, not before.";
      };

      imports = mkOption {
        type = types.listOf types.raw;
        default = [ ];
        example = lib.literalExpression "[ ./steam.nix { programs.gamemode.enable = true; } ]";
        description = "Further NixOS modules that belong to it, as {option}`imports` of a module takes them.";
      };

      description = mkOption {
        type = types.str;
        default = "";
        example = "Steam and its drivers";
        description = "What the module is for, as {command}`runtime-module list` shows it.";
      };

      requires = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "graphics" ];
        description = "The names of the runtime modules that are turned on with this one.";
      };

      conflicts = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "kiosk" ];
        description = ''
          The names of the runtime modules that cannot be on together with this one. It is enough that one of two
          names the other.
        '';
      };
    };
  };
in
{
  options.services.runtimeModules = {
    enable = lib.mkEnableOption "turning NixOS modules on and off at run time with {command}`runtime-module`";

    # Without the overlay there is no pkgs.dynix.
    package = lib.mkPackageOption {
      dynix = pkgs.dynix or (pkgs.callPackage ../package.nix { });
    } "dynix" { };

    flakeUrl = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "/etc/nixos#host";
      description = ''
        The flake that has this system, as {command}`nixos-rebuild --flake` takes it; the default of
        {option}`dynamicism.source.flake`. `null` for a system that is not built from a flake, whose source
        {option}`dynamicism.source` finds by itself.
      '';
    };

    elevation = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "sudo" ];
      description = ''
        The command that {command}`runtime-module` puts before itself where it needs root and is run by another
        user, such as `[ "sudo" ]`, `[ "doas" ]` or `[ "run0" ]`. With none, it has to be run as root.
      '';
    };

    modules = mkOption {
      type = types.listOf module;
      default = [ ];
      example = lib.literalExpression ''
        [
          { name = "graphics"; path = ./graphics.nix; }
          {
            name = "gaming";
            path = ./gaming.nix;
            description = "Steam and its drivers";
            requires = [ "graphics" ];
            conflicts = [ "kiosk" ];
          }
          { name = "kiosk"; path = ./kiosk.nix; }
        ]
      '';
      description = ''
        The modules that can be turned on. Nothing of them is in the system before: a rebuild does not evaluate
        them, and a reboot or the next {command}`nixos-rebuild switch` turns them off.
      '';
    };

    # Set by ./extension.nix alone.
    enabled = mkOption {
      type = types.listOf types.str;
      default = [ ];
      internal = true;
      description = "The runtime modules that are part of this system.";
    };

    base = mkOption {
      type = types.nullOr types.str;
      default = null;
      internal = true;
      description = "The system without runtime modules, in one that has some.";
    };
  };

  config.assertions = lib.optionals cfg.enable (
    map (message: {
      assertion = false;
      message = "dynix: ${message}";
    }) faults
  );
  config.dynamicism.source.flake = lib.mkIf (cfg.flakeUrl != null) (lib.mkDefault cfg.flakeUrl);
}
