# config.dynamicism.applyDynamicConfiguration: the activation script of a dynamic file.
{
  config,
  extendModules,
  lib,
  options,
  pkgs,
  ...
}:

let
  cfg = config.dynamicism;

  applyDynamicConfiguration =
    {
      configuration ? cfg.dynamicFile,
      dynamicFile ? configuration,
      verify ? "quick",
      running ? "",
      knownBystanders ? "",
      certificate ? "",
      hideValues ? true,
      ... # what a later dynix asks for
    }:
    assert lib.assertOneOf "verify" verify [
      "quick"
      "full"
    ];
    let
      planned = import ./plan.nix {
        inherit
          config
          extendModules
          hideValues
          knownBystanders
          lib
          options
          running
          verify
          ;
        dynamicFile = toString dynamicFile;
        evaluatedFile = toString configuration;
        certificate = if certificate == "" then null else builtins.fromJSON certificate;
      };
    in
    import ./script.nix {
      inherit (planned) checks;
      plan = removeAttrs planned [ "checks" ];
      programs = import ./programs.nix { inherit config pkgs; };
    };
in
{
  options.dynamicism.applyDynamicConfiguration = lib.mkOption {
    type = lib.types.raw;
    readOnly = true;
    internal = true;
    default = applyDynamicConfiguration;
    defaultText = lib.literalMD "a function";
    description = ''
      Takes `{ configuration ? "/etc/nixos/dynamic.nix", dynamicFile ? configuration, verify ? "quick", running ? "", knownBystanders ? "", certificate ? "", hideValues ? true }`
      and returns a derivation: its {file}`bin/activate` makes the running services take that dynamic file, by
      its {file}`plan.json`.
      Where `configuration` is no more than what was chosen of the dynamic file, `dynamicFile` names that one.
      With `verify = "full"` the complete systems are compared in search of what the file changes elsewhere.
      A plan of this `running` system says in `bystanders` what its `knownBystanders` may be told then, to be
      faster. A `certificate` of that system, as JSON, has in `proved` the options of which no value reaches anything
      but the units, where there are the `warnings` and the number of `assertions` that it names, and in
      `unchecked` those of them that these do not look at either; then nothing is compared. The plan says in `proof` what it rests on: `every-value`, `compared` or `full`.
      With `hideValues` the plan, which everybody can read in the Nix store, has neither the dynamic file's text
      nor the values of its options, also not in messages of modules; `dynix` asks for them where everybody can
      read that file.
    '';
  };
}
