# The options of dynamicism that a user sets.
{
  config,
  lib,
  options,
  pkgs,
  ...
}:

let
  cfg = config.dynamicism;
  pathOf = import ./schema/path.nix { inherit lib; };
  # What stands below an option is a value's part, which no declaration names.
  isDeclared =
    declared: path:
    path == [ ]
    || lib.isOption declared
    || (declared ? ${lib.head path} && isDeclared declared.${lib.head path} (lib.tail path));
  unknownOptions =
    service: lib.filter (option: !isDeclared options (pathOf option)) service.options;
  enabled = lib.filterAttrs (_: service: service.enable) cfg.for;
in
{
  options.dynamicism = {
    enable = lib.mkEnableOption "changing settings of running services with {command}`dynix`";

    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.dynix or (pkgs.callPackage ../package.nix { });
      defaultText = lib.literalExpression "pkgs.dynix";
      description = "The dynix that carries out activations.";
    };

    dynamicFile = lib.mkOption {
      type = lib.types.str;
      default = "/etc/nixos/dynamic.nix";
      example = "/var/lib/dynix/dynamic.nix";
      description = ''
        The file that {command}`dynix append` writes. It must not be imported by the configuration: it is
        what runs on top of it, until the next switch or reboot.
      '';
    };

    for = lib.mkOption {
      default = { };
      example = lib.literalExpression ''
        {
          nginx = {
            enable = true;
            options = [ "services.nginx.clientMaxBodySize" ];
            units = [ "nginx.service" ];
          };
        }
      '';
      description = "The services whose settings may change at run time.";
      type = lib.types.attrsOf (
        lib.types.submodule (
          { name, ... }:
          {
            options = {
              enable = lib.mkEnableOption "changing settings of ${name} at run time";

              options = lib.mkOption {
                type = lib.types.listOf lib.types.str;
                default = [ ];
                example = [ "services.nginx.clientMaxBodySize" ];
                description = ''
                  The paths of the options that may change, each with everything below it. Every effect of
                  these options must be in the {option}`units`.
                '';
              };

              units = lib.mkOption {
                type = lib.types.listOf lib.types.str;
                default = [ ];
                example = [ "nginx.service" ];
                description = "The units that are restarted when their text changes, with their suffix.";
              };

              settleSeconds = lib.mkOption {
                type = lib.types.numbers.between 0 600;
                default = 1;
                example = 5;
                description = ''
                  How long the units must have been running without a stop or a restart before an activation
                  counts as done.
                '';
              };
            };
          }
        )
      );
    };
  };

  config.assertions = lib.optionals cfg.enable (
    lib.concatLists (
      lib.mapAttrsToList (name: service: [
        {
          assertion = service.options != [ ] && service.units != [ ];
          message = "dynix: 'dynamicism.for.${name}' is enabled, but names no options or no units. Set `dynamicism.for.${name}.options` and `.units`.";
        }
        {
          assertion = unknownOptions service == [ ];
          message = "dynix: 'dynamicism.for.${name}.options' names what is no option: ${toString (unknownOptions service)}. Mend the names.";
        }
        {
          assertion = lib.all (unit: config.systemd.units ? ${unit}) service.units;
          message = "dynix: 'dynamicism.for.${name}.units' names a unit that this configuration does not have. Enable the service, or mend the unit's name (with its suffix).";
        }
      ]) enabled
    )
  );
}
