# What a plan takes of an evaluation for one service.
{
  lib,
  name,
  # What `dynamicism.for.<name>` says.
  service,
}:
let
  pathOf = import ../dynamicism/schema/path.nix { inherit lib; };
  showPath = import ../dynamicism/schema/show-path.nix;
  inherit (import ../dynamicism/schema/below.nix { inherit lib; }) optionOnTheWay;
  values = import ./values.nix { inherit lib; };
  plain = import ../dynamicism/schema/plain.nix {
    inherit lib;
    guarded = true;
  };
in
rec {
  inherit pathOf plain;

  textOf =
    config: unit:
    let
      found = config.systemd.units.${unit} or null;
    in
    if found == null || !(found.enable or true) then null else found.text;

  # The plan, where these are the configuration with the dynamic file and without.
  plansOf =
    { static, dynamic }:
    import ../dynamicism/service-plan.nix {
      inherit lib static dynamic;
      hideValues = false;
      staticTextOf = textOf static;
      textOf = textOf dynamic;
    };
  # What it says of the service, which has only the units that have a text; and what is wrong with the files of it.
  planOf = configurations: (plansOf configurations).of name service;
  problemsOf = configurations: (plansOf configurations).problemsOf service;

  # The values of its options, by their paths as text.
  valuesOf = config: lib.genAttrs service.options (valueOf config);
  valueOf = config: option: plain (lib.attrByPath (pathOf option) null config);

  # What builds the plan.
  programsOf = import ../dynamicism/programs.nix;

  # With the assertions and warnings of the modules that are evaluated.
  checksOf = config: {
    inherit (config) warnings;
    holds = lib.all (it: it.assertion) config.assertions;
  };

  # What is said of the configuration without the dynamic file, as a slice keeps it (./values.nix).
  keptOf =
    targets:
    { config, options, ... }:
    {
      values = lib.listToAttrs (
        map (
          option: lib.nameValuePair (showPath (pathOf option)) (values.keep (valueOf config option))
        ) service.options
      );
      etc = lib.genAttrs service.etc (
        file:
        let
          entry = config.environment.etc.${file} or null;
        in
        values.keep (
          if entry == null || !entry.enable then
            null
          else
            {
              inherit (entry) enable mode target;
              source = "${entry.source}";
            }
        )
      );
      probes = lib.mapAttrs (_: probe: values.keep probe.command) config.dynamicism.for.${name}.checks.probe;
      # Who defines its options.
      files = lib.genAttrs targets (
        target:
        let
          found = optionOnTheWay options (pathOf target);
        in
        lib.optionals (found != null) (map toString found.option.files or [ ])
      );
    };
  # Without what refers to derivations, which are gone.
  withoutStore =
    kept:
    kept
    // lib.genAttrs [ "values" "etc" "probes" ] (part: lib.mapAttrs (_: values.withoutStore) kept.${part});
  # The same again, where what is not kept is that of an evaluated configuration.
  restore = kept: static: {
    valueOf =
      option: values.restore (valueOf static.config option) kept.values.${showPath (pathOf option)};
    filesAt =
      path:
      lib.concatLists (
        lib.mapAttrsToList (
          target: files:
          let
            place = pathOf target;
          in
          lib.optionals (lib.take (lib.length place) path == place) files
        ) kept.files
      );
    config = {
      environment.etc = lib.mapAttrs (
        file: values.restore static.config.environment.etc.${file}
      ) kept.etc;
      dynamicism.for.${name}.checks.probe = lib.mapAttrs (probe: command: {
        command = values.restore static.config.dynamicism.for.${name}.checks.probe.${probe}.command command;
      }) kept.probes;
    };
  };
}
