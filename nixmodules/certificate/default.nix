# Certificates: what no value of a dynamic option can reach, whatever the value.
#
# Nix is pure and lazy: what can be evaluated without looking at an option does not depend on it. So an evaluation
# with a canary in the option's place, which ends when anything looks at it, proves that for every value.
# `dynix certify` asks the questions, in evaluations of their own, and keeps the answers for `dynix apply`.
{
  config,
  extendModules,
  lib,
  options,
  pkgs,
  ...
}:

{
  imports = [ ./service.nix ];

  options.dynamicism.certificate = lib.mkOption {
    type = lib.types.raw;
    readOnly = true;
    internal = true;
    default = import ./questions.nix {
      inherit
        config
        extendModules
        lib
        options
        pkgs
        ;
    };
    defaultText = lib.literalMD "a set of functions";
    description = ''
      What `dynix certify` asks: `screen`, a list of options; `proveWhole` and `proveReaders`, functions of
      `{ options, readable ? [ ] }` with such lists.
    '';
  };
}
