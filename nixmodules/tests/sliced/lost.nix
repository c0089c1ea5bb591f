# An override that does not hold where a static definition has a higher priority.
{ lib, ... }:
{
  config.target = lib.mkOverride (-1) true;
}
