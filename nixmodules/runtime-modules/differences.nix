# What one system has otherwise than another one, as text: units, files below /etc, users, groups, packages, and what
# takes effect at boot.
{
  lib,
  # Both evaluations: `config` and `options`.
  base,
  extended,
}:

let
  compared = import ../dynamicism/compared.nix {
    inherit lib;
    plain = import ../dynamicism/schema/plain.nix { inherit lib; };
    # No plan acts here: the units are compared whole.
    planned = [ ];
    verify = "full";
  };
  compare =
    kind: of:
    map (it: {
      inherit kind;
      inherit (it) name;
      base = it.was;
      extended = it.is;
    }) (compared.differences (of base) (of extended));
in
lib.concatLists (lib.mapAttrsToList compare (
  compared.subjects
  // {
    package = compared.packages;
    boot = { config, ... }: import ./at-boot.nix lib config;
  }
))
