# What an activation would do, as data: the units of every dynamic service, static and dynamic. Besides, in `checks`,
# what must have been built before.
#
# Only what the plan names is evaluated, so a plan costs far less than a system.
{
  config,
  extendModules,
  lib,
  options,
  # The dynamic file by its name, and what is evaluated: that, or what was chosen of it.
  dynamicFile,
  evaluatedFile ? dynamicFile,
  verify,
  running,
  knownBystanders,
  certificate ? null,
  hideValues,
}:

let
  cfg = config.dynamicism;
  exists = builtins.pathExists evaluatedFile;
  evaluate =
    modules: extendModules { modules = lib.optional exists (/. + evaluatedFile) ++ modules; };
  evaluated = evaluate [ ];
  dynamic = evaluated.config;
  services = lib.mapAttrs (_: withEtcIfAny) (lib.filterAttrs (_: service: service.enable) cfg.for);
  # What is proved reaches no file below /etc but those of `etc`.
  withEtcIfAny =
    service:
    service
    // lib.optionalAttrs (service.etcIfAny != [ ] && !isProved) {
      etc = lib.unique (service.etc ++ lib.filter isEtc service.etcIfAny);
    };
  isEtc =
    name:
    !(config.system.etc.overlay.enable or false)
    && lib.all (system: system.environment.etc.${name}.enable or false) [
      config
      dynamic
    ];

  textOf =
    system: unit:
    let
      found = system.systemd.units.${unit} or null;
    in
    if found == null || !(found.enable or true) then null else found.text;

  # What runs is what the configuration on disk says, where there is a certificate of it: it need not be evaluated.
  staticTextOf =
    unit:
    let
      runs = import ./running-text.nix running unit;
    in
    if isProved && runs != null then runs else textOf config unit;

  plans = import ./service-plan.nix {
    inherit
      dynamic
      hideValues
      lib
      staticTextOf
      ;
    static = config;
    textOf = textOf dynamic;
  };

  missing =
    text: words:
    lib.concatMap (
      service:
      map (unit: "unit '${unit}' is not part of the ${words}") (
        lib.filter (unit: text unit == null) service.units
      )
    ) (lib.attrValues services);
  # A certificate is of a system that has none, whatever the options are.
  given = lib.optionals (!isProved) (
    map (
      unit:
      "the file of '${unit}' is not made of its text, which is what dynix changes: a module defines `systemd.units.\"${unit}\".unit`. Let it define the text."
    ) (lib.filter (unit: lib.any (names: names ? ${unit}) (map givenIn [ options evaluated.options ])) planned)
  );
  givenIn = options: import ./given-units.nix { inherit lib; } (options.systemd.units or null);
  failedAssertions = lib.optionals (!holdUnchecked) (map (it: "failed assertion: ${overrides.withoutValues "message" it.message}") (
    lib.filter (it: !it.assertion) dynamic.assertions
  ));
  imported = lib.optional overrides.imported "the configuration imports '${dynamicFile}' itself, so that its overrides are static and neither undo nor reset takes them back. Take the import out and run 'nixos-rebuild switch'; 'dynix export' prints overrides to keep as a module.";
  problems =
    imported
    ++ missing staticTextOf "static configuration"
    ++ missing (textOf dynamic) "configuration with the dynamic file"
    ++ given
    ++ failedAssertions
    ++ lib.concatMap plans.problemsOf (lib.attrValues services)
    ++ overrides.problems;
  plain = import ./schema/plain.nix {
    inherit lib;
    guarded = true;
  };

  # The file, called as the module system calls it: also with what it does not name (`args@{ lib, ... }`).
  module = import (/. + evaluatedFile);
  content =
    if lib.isFunction module then
      module (
        passed
        // lib.mapAttrs (name: _: arguments.${name} or (throw "the dynamic file has no argument '${name}'")) (
          lib.filterAttrs (name: hasDefault: !hasDefault || arguments ? ${name}) (lib.functionArgs module)
        )
      )
    else
      module;
  definitions = lib.optionalAttrs exists content;
  passed = evaluated.config.dynamicism.moduleArguments;
  arguments = evaluated._module.args // passed;
  overrides = import ./overrides.nix {
    inherit hideValues lib plain;
    static = { inherit config options; };
    dynamic = evaluated;
    inherit dynamicFile;
    content = definitions.config or definitions;
    extend = module: extendModules { modules = [ module sharedPackages ]; };
  };
  # Its packages are the same, and to evaluate them once more would be most of the work.
  sharedPackages = {
    _module.args.pkgs = lib.mkOverride (-1000000000) evaluated._module.args.pkgs;
  };

  planned = lib.concatMap (service: service.units) (lib.attrValues services);
  plannedEtc = lib.concatMap (service: service.etc) (lib.attrValues services);
  compared = import ./compared.nix {
    inherit
      lib
      plain
      planned
      plannedEtc
      verify
      ;
  };
  # Whether all that the file defines stands in options that a certificate has in this list.
  areCovered =
    list:
    verify == "quick"
    && certificate != null
    # Of a system of which nothing is proved, it is not known that it is the one on disk.
    && certificate.${list} or [ ] != [ ]
    && import ../certificate/covers.nix {
      inherit lib;
      proved = certificate.${list} or [ ];
    } definitions;
  # Nor do the assertions and warnings look at them.
  holdUnchecked = areCovered "unchecked" && areCovered "proved";
  # No value of what the file defines reaches anything else, as long as the warnings and assertions are those that
  # the proof had (../certificate/questions.nix).
  isProved =
    holdUnchecked
    || areCovered "proved"
    && dynamic.warnings == certificate.warnings
    && lib.length dynamic.assertions == certificate.assertions;
  # Most overrides reach nothing else, and then one hash tells, without a third evaluation; and where it is
  # known to be that of the running system, without most of the static one too.
  found = compared.hashOfBystanders running evaluated;
  isKnown = found == knownBystanders;
  reachesNothingElse =
    verify == "quick" && (isProved || isKnown || found == compared.hashOfBystanders running { inherit config options; });
  # Of a configuration that was edited since the switch, the hash says nothing about what runs: told to a later
  # plan, it would hide a leak that happens to say what the edit said.
  toplevel = builtins.tryEval (
    builtins.unsafeDiscardStringContext config.system.build.toplevel.outPath
  );
  checksOf = system: map toString (system.system.checks or [ ]);
  isWhatRuns = toplevel.success && toplevel.value == running;
  text = lib.optionalString exists (
    builtins.unsafeDiscardStringContext (builtins.readFile evaluatedFile)
  );
in
lib.optionalAttrs hideValues { fingerprint = import ./fingerprint.nix text; }
// lib.optionalAttrs (evaluatedFile != dynamicFile) { chosenFile = evaluatedFile; }
// {
  # NixOS builds these to see whether a configuration is right: those that the static one has not.
  checks = lib.optionals (!isProved && checksOf dynamic != [ ]) (
    lib.subtractLists (checksOf config) (checksOf dynamic)
  );
  version = 1;
  inherit dynamicFile problems verify;
  inherit (overrides) imported;
  proof =
    if isProved then
      "every-value"
    else if verify == "quick" then
      "compared"
    else
      "full";
  # For the next plan's `knownBystanders`.
  bystanders =
    if isProved then
      knownBystanders
    else
      lib.optionalString (reachesNothingElse && (isKnown || isWhatRuns)) found;
  configuration = lib.optionalString (!hideValues) text;
  services = lib.mapAttrsToList plans.of services;
  # Two services may name the same option.
  overrides = lib.unique (lib.concatMap plans.changesOf (lib.attrValues services));
  warnings = lib.optionals (!isProved) (
    map (overrides.withoutValues "warning") (lib.subtractLists config.warnings dynamic.warnings)
  );
  leaks = lib.optionals (!reachesNothingElse) (
    import ./leaks.nix {
      inherit lib compared verify;
      static = { inherit config options; };
      dynamic = evaluated;
      extend =
        module:
        evaluate [
          module
          sharedPackages
        ];
    }
  );
}
