# What `dynix append` knows of the options: which there are, which may change, and what those take.
#
# It is text from the evaluation that builds the system, so that no Nix is needed to check a value.
{
  config,
  lib,
  options,
  ...
}:

let
  cfg = config.dynamicism;
  services = lib.filterAttrs (_: service: service.enable) cfg.for;
  schema = import ./tree.nix {
    inherit config lib options;
    dynamic = lib.mapAttrs (_: service: service.options) services;
  };
in
{
  # Not `text`, which would be a derivation to build. With the priority that it has anyway, which keeps the module
  # system from looking into it where another definition is stronger (../../certificate).
  config.environment.etc."dynix/options.json" = lib.mkIf cfg.enable {
    source = lib.mkOverride 100 (builtins.toFile "dynix-options.json" (builtins.toJSON schema));
  };
}
