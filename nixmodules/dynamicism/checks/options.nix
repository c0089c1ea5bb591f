# The options below dynamicism.for.<name>.checks: commands that say whether a service is well with another
# configuration, before it is changed and after.
{ lib, pkgs }:

{ config, ... }:

let
  seconds =
    least: default: description:
    lib.mkOption {
      type = lib.types.ints.between least 3600;
      inherit default description;
      example = 10;
    };

  # What both kinds have; `service` is that of the check.
  common =
    service:
    { config, ... }:
    {
      options = {
        enable = lib.mkOption {
          type = lib.types.bool;
          default = true;
          example = false;
          description = "Whether an activation runs this check.";
        };

        script = lib.mkOption {
          type = lib.types.lines;
          example = lib.literalExpression ''
            "exec ''${config.systemd.services.nginx.serviceConfig.ExecStart} -t"
          '';
          description = ''
            The shell commands (with {command}`set -e`) whose exit status 0 says that all is well. It is evaluated
            with the dynamic file, so whatever it names of {option}`config` is the new configuration.

            It runs with the unit's user, groups, environment, credentials, folders, limits and sandbox; dynix(1),
            "Health checks", names the settings. The programs that it calls should be part of the system, because
            an activation must not have to download them. Everybody can read it in the Nix store.
          '';
        };

        unit = lib.mkOption {
          type = lib.types.str;
          default = lib.findFirst (lib.hasSuffix ".service") "" service.units;
          defaultText = lib.literalMD "the first service of {option}`dynamicism.for.<name>.units`";
          example = "nginx.service";
          description = ''
            The unit that it is about, one of {option}`dynamicism.for.<name>.units`: it runs when that one changes.
          '';
        };

        command = lib.mkOption {
          type = lib.types.listOf lib.types.str;
          readOnly = true;
          internal = true;
          default = [
            pkgs.runtimeShell
            "-e"
            "-c"
            config.script
          ];
          defaultText = lib.literalMD "a shell with the {option}`script`";
          description = "The program and its arguments.";
        };
      };
    };

  preflight = {
    options.timeoutSeconds = seconds 1 30 "After how many seconds it is ended, which counts as a failure.";
  };

  probe = {
    options = {
      timeoutSeconds = seconds 1 5 "After how many seconds a try is ended, which counts as a failure of that try.";
      graceSeconds = seconds 0 0 "How long to wait before the first try, besides {option}`dynamicism.for.<name>.settleSeconds`.";
      intervalSeconds = seconds 0 1 "How long to wait between two tries.";
      deadlineSeconds = seconds 0 30 "For how long it is tried, after the grace period.";
      required = lib.mkOption {
        type = lib.types.bool;
        default = true;
        example = false;
        description = ''
          Whether it counts in any case. Otherwise it is tried before the change, once, with the script of the
          static configuration and then the new one; where neither succeeds, or the unit does not run, it would
          say nothing after the change, and is left out with a warning.
        '';
      };
    };
  };
  commands =
    kind:
    lib.types.attrsOf (
      lib.types.submodule {
        imports = [
          (common config)
          kind
        ];
      }
    );
in
{
  options.checks = {
    preflight = lib.mkOption {
      default = { };
      type = commands preflight;
      example = lib.literalExpression ''
        { syntax.script = "exec ''${config.systemd.services.nginx.serviceConfig.ExecStart} -t"; }
      '';
      description = ''
        Commands that run before anything is stopped or changed, such as the service's own checker on the
        new configuration. If one fails, the activation is refused.
      '';
    };

    probe = lib.mkOption {
      default = { };
      type = commands probe;
      example = lib.literalExpression ''
        { http = { script = "''${pkgs.curl}/bin/curl -sf http://localhost/"; deadlineSeconds = 60; }; }
      '';
      description = ''
        Commands that are tried after the start until they succeed. If one does not in its time, the
        previous state is restored. They reach the machine's network, also where the unit does not.
      '';
    };
  };
}
