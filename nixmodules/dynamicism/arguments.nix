# What the module system gives to every module, whatever that names (`args@{ lib, ... }`): it depends on the lib.
given:
let
  inherit (given) lib;
in
{
  options.dynamicism.moduleArguments = lib.mkOption {
    type = lib.types.raw;
    readOnly = true;
    internal = true;
    default = given;
    defaultText = lib.literalMD "a set";
    description = "What a module gets that names no argument.";
  };
}
