# The base: two services whose settings dynix can change, and the runtime modules. The packages of dynix, and what is said
# of programs here, are for whoever imports it to set.
{
  config,
  lib,
  pkgs,
  ...
}:
{
  options.services.worker.program = lib.mkOption {
    type = lib.types.str;
    description = "A program that keeps its arguments to be looked at.";
  };
  options.services.worker.jobs = lib.mkOption {
    type = lib.types.int;
    default = 12;
    description = "How many jobs the worker has.";
  };
  options.services.worker.level = lib.mkOption {
    type = lib.types.str;
    default = "warning";
    description = "What the worker says.";
  };

  options.services.helper.jobs = lib.mkOption {
    type = lib.types.int;
    default = 3;
    description = "How many jobs the helper has.";
  };

  config = {
    systemd.services.helper = {
      wantedBy = [ "multi-user.target" ];
      serviceConfig.ExecStart = "${config.services.worker.program} --jobs ${toString config.services.helper.jobs}";
    };
    systemd.services.worker = {
      wantedBy = [ "multi-user.target" ];
      serviceConfig.ExecStart = "${config.services.worker.program} --jobs ${toString config.services.worker.jobs} --level ${config.services.worker.level}";
    };

    dynamicism = {
      enable = true;
      for.worker = {
        enable = true;
        options = [ "services.worker.jobs" ];
        units = [ "worker.service" ];
      };
      for.helper = {
        enable = true;
        options = [ "services.helper.jobs" ];
        units = [ "helper.service" ];
      };
    };

    services.runtimeModules = {
      enable = true;
      # settings
      modules = [
        {
          name = "ticker";
          path = ./modules/ticker.nix;
          description = "A service that ticks";
        }
        {
          name = "tools";
          path = ./modules/tools.nix;
          description = "Programs, and a user for them; it's \"$(touch /root/owned)\"";
        }
        {
          name = "clock";
          path = ./modules/clock.nix;
          description = "A clock for the ticker";
          requires = [ "ticker" ];
          conflicts = [ "louder" ];
        }
        {
          name = "louder";
          imports = [ { services.worker.level = "error"; } ];
          description = "Changes a service of the base";
        }
        {
          name = "broken";
          imports = [
            {
              systemd.services.broken = {
                wantedBy = [ "multi-user.target" ];
                serviceConfig = {
                  Type = "oneshot";
                  ExecStart = "${pkgs.coreutils}/bin/false";
                };
              };
            }
          ];
        }
        {
          name = "asserts";
          imports = [
            {
              assertions = [
                {
                  assertion = false;
                  message = "asserts: not on this system";
                }
              ];
            }
          ];
        }
        {
          name = "unbuildable";
          imports = [
            (
              { pkgs, ... }:
              {
                environment.etc."unbuildable.conf".source = derivation {
                  name = "unbuildable";
                  system = builtins.currentSystem;
                  builder = "${pkgs.coreutils}/bin/false";
                };
              }
            )
          ];
        }
        {
          name = "syntax";
          path = ./modules/syntax.nix;
        }
        {
          name = "throws";
          imports = [ { systemd.services.x.serviceConfig.ExecStart = throw "it throws"; } ];
        }
        {
          name = "missing";
          path = "/etc/nixos/modules/missing.nix";
        }
        {
          name = "clashes";
          imports = [ { services.worker.program = "/bin/another"; } ];
        }
        {
          name = "follower";
          description = "A service that takes a value of the worker";
          imports = [
            (
              { config, ... }:
              {
                systemd.services.follower = {
                  wantedBy = [ "multi-user.target" ];
                  serviceConfig.ExecStart = "${pkgs.coreutils}/bin/sleep ${
                    toString (1000100 + config.services.worker.jobs)
                  }";
                };
              }
            )
          ];
        }
        {
          name = "miner";
          path = ./modules/miner.nix;
          description = "A service whose settings dynix can change";
        }
        {
          name = "odd";
          path = "/etc/nixos/modules/it's #1.nix";
        }
        {
          name = "kernel";
          imports = [ { boot.kernelParams = [ "quiet" ]; } ];
        }
        {
          name = "declares";
          imports = [
            {
              services.runtimeModules.modules = [
                {
                  name = "late";
                  path = ./modules/tools.nix;
                }
              ];
            }
          ];
        }
        {
          name = "hides";
          imports = [ { services.runtimeModules.enable = lib.mkForce false; } ];
        }
        {
          name = "replaces";
          imports = [ { environment.etc."dynix/modules.json".source = lib.mkForce (pkgs.writeText "no-record" "{}"); } ];
        }
        {
          name = "undeclared";
          imports = [ { services.nothing.enable = true; } ];
        }
      ];
    };
  };
}
