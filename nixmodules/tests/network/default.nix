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
  # Whether what does not depend on the names and the units is evaluated once for each kind.
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
  kinds = import ./kinds.nix;
  evaluate =
    kind: modules:
    if lists == null then
      import (nixpkgs + "/nixos/lib/eval-config.nix") {
        inherit lib modules;
        system = builtins.currentSystem;
      }
    else
      minimal.evalMinimal {
        inherit modules;
        system = builtins.currentSystem;
        moduleList = builtins.elemAt (builtins.fromJSON lists) kind;
        index = null;
      };
  first = evaluate 0 [ (builtins.elemAt kinds 0) ];
  common =
    kind:
    [ (builtins.elemAt kinds kind) ] ++ lib.optional shared { _module.args.pkgs = lib.mkForce first.pkgs; };
  kindOf = number: lib.mod number (builtins.length kinds);
  own =
    number:
    let
      name = "m${toString number}";
    in
    {
      networking.hostName = lib.mkForce name;
      systemd.services.own = {
        description = "The unit of ${name}";
        serviceConfig.ExecStart = "/bin/${name}";
      };
    };
  numbers = builtins.genList (number: number) count;
  together = builtins.genList (
    kind:
    import ../../slices/alike.nix {
      inherit lib;
      system = evaluate kind (common kind);
      machines = lib.listToAttrs (
        map (number: lib.nameValuePair (toString number) (own number)) (
          builtins.filter (number: kindOf number == kind) numbers
        )
      );
    }
  ) (builtins.length kinds);
  machine =
    number:
    let
      kind = kindOf number;
    in
    if slices then
      (builtins.elemAt together kind).${toString number}
    else
      evaluate kind (common kind ++ [ (own number) ]);
  machines = map machine numbers;
  answer =
    it:
    if what == "unit" then
      it.config.systemd.units."own.service".text
    else
      it.config.system.build.toplevel.drvPath;
  answers = map answer machines;
in
# The machines are reachable until the last has answered.
builtins.seq (builtins.deepSeq answers machines) (
  builtins.hashString "sha256" (builtins.unsafeDiscardStringContext (toString answers))
)
