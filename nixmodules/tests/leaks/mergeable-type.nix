# Case E: a type is made of what several modules declare, and one of them asks the configuration for it.
{ config, lib, ... }:

{
  options.services.foo = lib.mkOption {
    default = { };
    description = "A service with settings of its own making.";
    type = lib.types.submodule (
      { ... }:
      {
        options = lib.optionalAttrs (config.services.bar.limit > 0) {
          quota = lib.mkOption {
            type = lib.types.int;
            default = config.services.bar.limit;
            description = "Exists where there is a limit.";
          };
        };
      }
    );
  };
  config.systemd.services.foo.serviceConfig.ExecStart = "/bin/foo ${builtins.toJSON config.services.foo}";
}
