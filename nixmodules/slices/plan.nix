# The activation script of a dynamic file, by slices: as applyDynamicConfiguration makes it, or an error where they
# do not suffice, for which the whole configuration has to be evaluated.
{
  lib,
  # `type` of the evaluated system: what it is made of.
  type,
  dynamicFile,
  # The system that runs.
  running,
  knownBystanders,
  hideValues,
  # What `dynix certify` found: { proved = [ … ]; packages = { … }; services = [ … ]; built = { … }; }
  slices,
  # Whether all derivations that these name are still in the store. Otherwise packages are evaluated.
  areDerivationsKept ? false,
}:

let
  without = words: throw "dynix-slice: ${words}";
  pathOf = import ../dynamicism/schema/path.nix { inherit lib; };
  plain = import ../dynamicism/schema/plain.nix {
    inherit lib;
    guarded = true;
  };
  parts = import ./modules.nix { inherit lib type; };
  evaluate = import ./data.nix {
    inherit lib parts;
    names = if areDerivationsKept then slices.packages else null;
  };

  # One that is not there is one without overrides.
  exists = builtins.pathExists dynamicFile;
  module = if exists then import (/. + dynamicFile) else { };
  content =
    if !lib.isFunction module then
      module
    else if removeAttrs (lib.functionArgs module) [ "lib" ] == { } then
      module given
    else
      without "the dynamic file looks at more than lib";
  # It gets more than it names (`args@{ lib, ... }`), as from the module system, and that is not known here.
  inherit (type.functor.payload) specialArgs;
  given =
    lib.mapAttrs (name: _: abort "dynix-slice the dynamic file looks at '${name}'") names
    // {
      lib = specialArgs.lib or lib;
    };
  # Those that every module gets: a newer lib gives more of them.
  names =
    (lib.evalModules {
      inherit specialArgs;
      modules = [ (arguments: { options.names = lib.mkOption { default = lib.mapAttrs (_: _: null) arguments; }; }) ];
    }).config.names;
  keys = lib.genAttrs slices.proved (import ../certificate/key.nix { inherit lib; });
  covers =
    proved:
    import ../certificate/covers.nix {
      inherit lib proved;
      keyOf = option: keys.${option};
    } content;

  isBelow = path: target: lib.take (lib.length target) path == target;
  services = map (given: {
    inherit given;
    isTouched = !covers (lib.subtractLists given.targets slices.proved);
  }) slices.services;
  touchesOne = lib.length (lib.filter (it: it.isTouched) services) == 1;
  partOf =
    { given, isTouched }:
    let
      # What it takes to evaluate one service is less where the options of all others are static. The other slice is
      # proved for its own options alone, which does not follow from that where targets of services overlap.
      isAlone =
        isTouched
        && touchesOne
        && given.alone or null != null
        && covers (lib.intersectLists given.targets slices.proved);
      service = given // lib.optionalAttrs isAlone { slice = given.alone; };
      targets = map pathOf service.targets;
      taken = import ./taken.nix {
        inherit lib service;
        inherit (service) name;
      };
      # What is kept of it is nearly always enough. Its packages are the same, and to evaluate them once more would be
      # most of the work.
      static = evaluate service.slice [
        { _module.args.pkgs = lib.mkOverride (-1000000000) dynamic._module.args.pkgs; }
      ];
      dynamicModule = /. + dynamicFile;
      dynamic = evaluate service.slice [ dynamicModule ];
      kept = taken.restore (
        (if areDerivationsKept then same: same else taken.withoutStore) service.slice.static
      ) static;
      checks = taken.checksOf dynamic.config;
      overrides = import ../dynamicism/overrides.nix {
        inherit
          dynamic
          dynamicFile
          hideValues
          lib
          plain
          static
          ;
        content = content.config or content;
        extend = module: evaluate service.slice [ module ];
        isOurs = path: lib.any (isBelow path) targets;
        staticFilesAt = kept.filesAt;
      };
      runningText =
        unit:
        let
          runs = import ../dynamicism/running-text.nix running unit;
        in
        if runs != null then
          builtins.unsafeDiscardStringContext runs
        else
          without "'${unit}' has no text in '${running}'";
      plans = import ../dynamicism/service-plan.nix {
        inherit hideValues lib;
        static = kept.config;
        dynamic = dynamic.config;
        staticTextOf = runningText;
        staticValueOf = kept.valueOf;
        textOf =
          unit:
          let
            text = taken.textOf dynamic.config unit;
          in
          if text == null then without "'${unit}' goes away" else text;
      };
      untouched = {
        # With what its files and health checks refer to.
        name = builtins.appendContext service.name service.untouched.context;
        inherit (service) options settleSeconds;
        units = map (
          unit:
          unit
          // {
            static = runningText unit.name;
            dynamic = runningText unit.name;
          }
        ) service.untouched.units;
      };
    in
    if isTouched && service.slice == null then
      without "there is none for '${service.name}'"
    else if !isTouched && service.untouched == null then
      without "'${service.name}' looks at options of other services"
    else if isTouched && !checks.holds then
      without "an assertion does not hold"
    else if isTouched && checks.warnings != service.slice.warnings then
      without "there are other warnings"
    else if isTouched && overrides.imported then
      without "the configuration imports the dynamic file"
    else if isTouched && plans.problemsOf service != [ ] then
      without (lib.head (plans.problemsOf service))
    else
      {
        inherit isTouched;
        problems = lib.optionals isTouched overrides.problems;
        plan = if isTouched then plans.of service.name service else untouched;
        overrides = lib.optionals isTouched (plans.changesOf service);
        programs = programsOf service.slice dynamic;
      };
  all = map partOf services;
  programsOf =
    slice: evaluated:
    import ../dynamicism/programs.nix {
      inherit (slice) platform;
      inherit (evaluated) config;
      inherit (evaluated._module.args) pkgs;
    };
  touched = lib.filter (it: it.isTouched) all;
  # Every slice has the same, whatever is overridden (./prove.nix). One that is evaluated anyway costs nothing more.
  programs =
    if touched != [ ] then
      (lib.head touched).programs
    else if anySlice == null then
      without "there is none of any service"
    else
      programsOf anySlice (evaluate anySlice [ ]);
  anySlice = lib.findFirst (slice: slice != null) null (
    lib.concatMap (service: [
      (service.alone or null)
      service.slice
    ]) slices.services
  );
  text = lib.optionalString exists (
    builtins.unsafeDiscardStringContext (builtins.readFile (/. + dynamicFile))
  );
in
if !covers slices.proved then
  without "the dynamic file has more than overrides of proved options"
else
  import ../dynamicism/script.nix {
    inherit programs;
    asBuilt = import ./as-built.nix {
      inherit lib;
      built = slices.built or { };
    };
    plan =
      lib.optionalAttrs hideValues { fingerprint = import ../dynamicism/fingerprint.nix text; }
      // {
        version = 1;
        inherit dynamicFile;
        verify = "quick";
        imported = false;
        proof = "every-value";
        evaluated = "slice";
        bystanders = knownBystanders;
        configuration = lib.optionalString (!hideValues) text;
        # Two services may name the same option.
        problems = lib.unique (lib.concatMap (it: it.problems) all);
        services = map (it: it.plan) all;
        overrides = lib.unique (lib.concatMap (it: it.overrides) all);
        warnings = [ ];
        leaks = [ ];
      };
  }
