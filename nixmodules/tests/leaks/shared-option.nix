# Case B: an option is declared once more under another name. Its type and default travel with the declaration;
# definitions do only where the other module copies them.
{
  config,
  lib,
  options,
  ...
}:

let
  unit = pool: { serviceConfig.ExecStart = "/bin/${builtins.toJSON pool}"; };
in
{
  options.services.declares.pool = options.services.bar.pool // {
    loc = [
      "services"
      "declares"
      "pool"
    ];
  };
  options.services.copies.pool = lib.mkOption {
    inherit (options.services.bar.pool) type default description;
  };

  config = {
    services.copies.pool = lib.mkMerge options.services.bar.pool.definitions;
    systemd.services.declares = unit config.services.declares.pool;
    systemd.services.copies = unit config.services.copies.pool;
  };
}
