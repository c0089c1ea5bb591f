# A module that another one names with `require`.
{ config, lib, options, ... }:
{
  options.near = lib.mkOption {
    type = lib.types.listOf lib.types.str;
    default = [ ];
  };
  config.systemd.units."it.service".text =
    if config.target then toString (map baseNameOf options.near.files) else "off";
}
