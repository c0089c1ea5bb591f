# A module that no slice of the tests has.
{ lib, ... }:
{
  options.far.value = lib.mkOption { default = 1; };
  options.far.deep.value = lib.mkOption { default = 2; };
  config.near.list = [ "far" ];
  config.near.set.far = "far";
  config.near.many.far.value = 5;
}
