# Before a switch: that the module list is still enough for the configuration. It costs an evaluation with all
# modules.
{
  config,
  lib,
  options,
  ...
}:

let
  cfg = config.moduleList;
  # Its module writes down how the system is evaluated.
  package =
    config.dynamicism.package
      or (throw "`moduleList.verifyBeforeSwitch' needs nixosModules.dynix among the modules of the system.");
in
{
  options.moduleList.verifyBeforeSwitch = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "/etc/nixos/here.module-list.nix";
    description = "The module list that {command}`dynix modules verify` is asked about before each switch.";
  };

  config =
    if options ? system && options.system ? preSwitchChecks then
      {
        system.preSwitchChecks = lib.mkIf (cfg.verifyBeforeSwitch != null) {
          moduleList = "${package}/bin/dynix modules verify ${lib.escapeShellArg cfg.verifyBeforeSwitch}";
        };
      }
    else
      {
        assertions = [
          {
            assertion = cfg.verifyBeforeSwitch == null;
            message = "This NixOS has no `system.preSwitchChecks': run `dynix modules verify' by hand, or unset `moduleList.verifyBeforeSwitch'.";
          }
        ];
      };
}
