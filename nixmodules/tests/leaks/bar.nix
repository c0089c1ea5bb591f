# A service whose settings may change at run time: its unit is the only one that dynix is told of.
{ config, lib, ... }:

let
  cfg = config.services.bar;
in
{
  options.services.bar = {
    threads = lib.mkOption {
      type = lib.types.int;
      default = 4;
      description = "How many threads run.";
    };
    limit = lib.mkOption {
      type = lib.types.int;
      default = 0;
      description = "Above 9000, others have no say.";
    };
    pool = lib.mkOption {
      default = { };
      description = "Where the threads come from.";
      type = lib.types.submodule {
        options.size = lib.mkOption {
          type = lib.types.int;
          default = 1;
          description = "How many there are.";
        };
      };
    };
  };

  config = {
    systemd.services.bar = {
      wantedBy = [ "multi-user.target" ];
      serviceConfig.ExecStart = "/bin/bar ${toString cfg.threads} ${toString cfg.limit} ${builtins.toJSON cfg.pool}";
    };
    dynamicism.enable = true;
    dynamicism.for.bar = {
      enable = true;
      options = [ "services.bar" ];
      units = [ "bar.service" ];
    };
  };
}
