# What a plan says of a service: its units with their texts, files and health checks, and the values that differ.
{
  lib,
  hideValues,
  # The configurations without the dynamic file and with it.
  static,
  dynamic,
  # The texts of a unit in them, by its name; null where there is none.
  staticTextOf,
  textOf,
  # The value of an option in the first.
  staticValueOf ? null,
}:

let
  plain = import ./schema/plain.nix {
    inherit lib;
    guarded = true;
  };
  pathOf = import ./schema/path.nix { inherit lib; };
  showPath = import ./schema/show-path.nix;
  valueAt = system: path: plain (lib.attrByPath path null system);
  leavesAt = import ./leaves.nix { inherit lib; };
  changesAt = import ./changes.nix { inherit hideValues lib; };
  differing =
    at: option:
    let
      path = pathOf option;
    in
    at path (
      if staticValueOf == null then valueAt static path else staticValueOf option
    ) (valueAt dynamic path);

  files = import ./files.nix {
    inherit
      dynamic
      lib
      pathOf
      static
      ;
    leavesOf = differing leavesAt;
  };
  checksOf = import ./checks/plan.nix { inherit lib dynamic static; };

  # The first unit of a service is the one that reads its files (./files.nix).
  unitPlan =
    name: service: unit:
    {
      name = unit;
      action = "restart";
      # The static unit runs already: the plan needs its text, not what it refers to.
      static = builtins.unsafeDiscardStringContext (staticTextOf unit);
      dynamic = textOf unit;
    }
    // lib.optionalAttrs (service.etc != [ ] && unit == lib.head service.units) {
      action = if files.reloadIsEnough service then "reload" else "restart";
      files = files.of service;
      startsWorkers = service.reloadStartsWorkers;
    }
    // checksOf name unit;
  present = unit: staticTextOf unit != null && textOf unit != null;
in
{
  # Of what `dynamicism.for.<name>` says.
  of = name: service: {
    inherit name;
    inherit (service) settleSeconds;
    options = map (option: showPath (pathOf option)) service.options;
    units = map (unitPlan name service) (lib.filter present service.units);
  };
  changesOf = service: lib.concatMap (differing changesAt) service.options;
  problemsOf = files.problems;
}
