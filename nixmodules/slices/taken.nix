# What a plan takes of an evaluation for one service.
{
  lib,
  name,
  # What `dynamicism.for.<name>` says.
  service,
}:
let
  pathOf = import ../dynamicism/schema/path.nix { inherit lib; };
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
  valuesOf =
    config:
    lib.genAttrs service.options (option: plain (lib.attrByPath (pathOf option) null config));

  # What builds the plan.
  programsOf = import ../dynamicism/programs.nix;

  # With the assertions and warnings of the modules that are evaluated.
  checksOf = config: {
    inherit (config) warnings;
    holds = lib.all (it: it.assertion) config.assertions;
  };
}
