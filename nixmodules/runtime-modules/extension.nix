# config.services.runtimeModules.extension: the system with some of its runtime modules.
{
  config,
  extendModules,
  lib,
  options,
  pkgs,
  ...
}:

let
  cfg = config.services.runtimeModules;

  # What the options make of the file that the next change will read. runtime-module looks at the file itself.
  recordIn =
    system: builtins.fromJSON (builtins.unsafeDiscardStringContext system.environment.etc."dynix/modules.json".text);

  # The modules of these names, in the order of the option.
  chosenOf = enabled: lib.filter (module: lib.elem module.name enabled) cfg.modules;
  baseSystem = config.system.build.toplevel;

  # The configuration with them; with none it is this one.
  evaluatedWith =
    chosen:
    if chosen == [ ] then
      { inherit config options; }
    else
      extendModules {
        modules =
          lib.concatMap (module: lib.optional (module.path != null) module.path ++ module.imports) chosen
          ++ [
            {
              # Stronger than what a module may say. The next change evaluates the base again: one that gives the
              # machine another name would lead to another system of a flake.
              services.runtimeModules = {
                enabled = lib.mkOverride (-1) (map (module: module.name) chosen);
                base = lib.mkOverride (-1) (toString baseSystem);
              };
              dynamicism.source = lib.mapAttrs (_: lib.mkOverride (-1)) {
                inherit (config.dynamicism.source)
                  attribute
                  configuration
                  file
                  flake
                  kind
                  nixpkgs
                  ;
              };
            }
          ];
      };

  unknownIn =
    enabled:
    map (name: "there is no runtime module '${name}' in `services.runtimeModules.modules`") (
      lib.subtractLists (map (module: module.name) cfg.modules) enabled
    );

  extension =
    {
      # The names of the modules, with all that they require.
      enabled,
      # The base of the system that runs; nothing is built on another one.
      runningBase ? null,
      ... # what a later runtime-module asks for
    }:
    let
      chosen = chosenOf enabled;
      names = map (module: module.name) chosen;
      base = builtins.unsafeDiscardStringContext (toString baseSystem);
      evaluated = evaluatedWith chosen;
      extended = evaluated.config;

      unknown = unknownIn enabled;
      missing = map (module: "runtime module '${module.name}': '${toString module.path}' does not exist") (
        lib.filter (
          module: module.path != null && !lib.isDerivation module.path && !builtins.pathExists module.path
        ) chosen
      );
      failed = map (it: it.message) (lib.filter (it: !it.assertion) extended.assertions);
      # The command line would have what the next change could not find.
      declares =
        lib.optional
          (
            chosen != [ ]
            && (
              !extended.services.runtimeModules.enable
              || recordIn extended != recordIn config // { inherit base; enabled = names; }
            )
          )
          "a runtime module sets `services.runtimeModules`: which modules there are is for the configuration itself to say";
      # What stands earlier makes it pointless, or impossible, to look further.
      problems = if unknown ++ missing != [ ] then unknown ++ missing else failed ++ declares;
      isDrift = runningBase != null && runningBase != base;
      good = !isDrift && problems == [ ];

      record = {
        version = 1;
        inherit base;
        enabled = names;
        problems = lib.optionals (!isDrift) problems;
        warnings = lib.optionals good (lib.subtractLists config.warnings extended.warnings);
        toplevel = if good then toString extended.system.build.toplevel else null;
        differences = lib.optionals (good && enabled != [ ]) (
          import ./differences.nix {
            inherit lib;
            base = { inherit config options; };
            extended = evaluated;
          }
        );
      };
    in
    # The builder is a shell and nothing else, so that this is built in no time. JSON is one line.
    derivation {
      name = "runtime-modules";
      inherit (pkgs.stdenv.hostPlatform) system;
      builder = pkgs.runtimeShell;
      args = [
        "-c"
        ''IFS= read -r record < "$recordPath"; printf '%s\n' "$record" > "$out"''
      ];
      record = builtins.toJSON record;
      passAsFile = [ "record" ];
      preferLocalBuild = true;
      allowSubstitutes = false;
    };
in
{
  options.services.runtimeModules.extended = lib.mkOption {
    type = lib.types.raw;
    readOnly = true;
    internal = true;
    default =
      enabled:
      let
        unknown = unknownIn enabled;
      in
      if unknown == [ ] then
        (evaluatedWith (chosenOf enabled)).config
      else
        throw "dynix: ${lib.concatStringsSep ", " unknown}";
    defaultText = lib.literalMD "a function";
    description = ''
      Takes the names of runtime modules and returns the configuration with them, which is what an override is
      applied to while they are on.
    '';
  };

  options.services.runtimeModules.extension = lib.mkOption {
    type = lib.types.raw;
    readOnly = true;
    internal = true;
    default = extension;
    defaultText = lib.literalMD "a function";
    description = ''
      Takes `{ enabled, runningBase ? null }` and returns a derivation, a file of JSON: the system with the
      runtime modules of these names (`toplevel`), what differs in it (`differences`), or why there is none
      (`problems`, or another `base` than the running one).
    '';
  };
}
