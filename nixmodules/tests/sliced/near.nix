# A module that they have.
{ lib, ... }:
{
  options.near = {
    list = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
    };
    set = lib.mkOption {
      type = lib.types.attrsOf lib.types.str;
      default = { };
    };
    many = lib.mkOption {
      default = { };
      type = lib.types.attrsOf (
        lib.types.submodule {
          options.value = lib.mkOption { default = 1; };
          options.listed = lib.mkOption {
            default = [ ];
            apply = value: value ++ [ "applied" ];
          };
        }
      );
    };
  };
  config.near.set.near = "near";
  config.near.many.near.value = 6;
}
