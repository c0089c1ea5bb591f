# The network of RFC 22's table: machines of four kinds with names and a unit of their own, evaluated in one process
# as a tool for networks does, so that all of them are kept.
{
  # How many machines.
  count,
  # "unit" or "toplevel" of each.
  what,
  # One module list for each kind, in the order of ./kinds.nix; null: all modules.
  lists ? null,
  # Whether one instance of nixpkgs is shared.
  shared ? false,
  # Whether what does not depend on the names and the units is evaluated once.
  slices ? false,
}:
let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  newerLib = builtins.getEnv "DYNIX_NIXPKGS_LIB";
  lib = import ../../../vmtests/nixpkgs/lib.nix {
    inherit nixpkgs;
    nixpkgsLib = if newerLib == "" then null else newerLib;
  };
  minimal = import ../../minimal {
    nixpkgs = /. + nixpkgs;
    inherit lib;
  };
  inherit (import ./kinds.nix) common kinds;
  found = if lists == null then map (_: null) kinds else builtins.fromJSON lists;
  listOf = builtins.elemAt found;
  evaluate =
    moduleList: modules:
    if moduleList == null then
      import (nixpkgs + "/nixos/lib/eval-config.nix") {
        inherit lib modules;
        system = builtins.currentSystem;
      }
    else
      minimal.evalMinimal {
        inherit moduleList modules;
        system = builtins.currentSystem;
        index = null;
      };
  pkgs = import nixpkgs { system = builtins.currentSystem; };
  shares = lib.optional shared { nixpkgs.pkgs = pkgs; };

  # A machine by its number: its kind, a name and a unit.
  kindOf = number: lib.mod number (builtins.length kinds);
  own =
    number:
    let
      name = "m${toString number}";
    in
    builtins.elemAt kinds (kindOf number)
    // {
      networking.hostName = lib.mkForce name;
      systemd.services.own = {
        description = "The unit of ${name}";
        serviceConfig.ExecStart = "/bin/${name}";
      };
    };
  numbers = builtins.genList (number: number) count;
  # Kinds that have one list are evaluated together.
  together = lib.mapAttrs (
    _: numbers:
    import ../../slices/alike.nix {
      inherit lib;
      system = evaluate (listOf (kindOf (lib.head numbers))) ([ common ] ++ shares);
      machines = lib.listToAttrs (
        map (number: lib.nameValuePair (toString number) (own number)) numbers
      );
    }
  ) (lib.groupBy groupOf numbers);
  groupOf = number: builtins.toJSON (listOf (kindOf number));
  machine =
    number:
    if slices then
      together.${groupOf number}.${toString number}
    else
      evaluate (listOf (kindOf number)) (
        [
          common
          (own number)
        ]
        ++ shares
      );
  machines = map machine numbers;
  target = import ../../minimal/target.nix {
    inherit lib;
    unit = if what == "unit" then "own.service" else null;
  };
  answers = map (it: target it.config) machines;
in
# The machines are reachable until the last has answered.
builtins.seq (builtins.deepSeq answers machines) (
  builtins.hashString "sha256" (builtins.unsafeDiscardStringContext (toString answers))
)
