# Looks at the configuration, which it does not name.
arguments@{ lib, ... }:
{
  config.target = lib.mkOverride (-1) (arguments.config.far or true);
}
