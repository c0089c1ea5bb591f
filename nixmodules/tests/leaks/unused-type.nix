# Case E, unseen: a type that depends on an option, but no output of the system on a value of that type.
{ config, lib, ... }:

let
  inherit (config.services.bar) limit;
in
{
  options.services.foo.quota = lib.mkOption {
    type = lib.types.ints.between 0 (if limit > 0 then limit else 1);
    default = 1;
    description = "Up to the limit.";
  };
}
