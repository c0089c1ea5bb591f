# Ways in which a module can look at what a slice does not have, and what comes of it: the evaluation ends, also where
# the module would be content with less. And what a slice would have otherwise than the system, of which the proof makes
# none.
{
  # Empty: what each case is to give.
  name,
}:
let
  lib = import (builtins.getEnv "DYNIX_NIXPKGS_LIB" + "/lib");
  parts = import ../slices/modules.nix {
    inherit lib;
    type = lib.types.submoduleWith {
      modules = [
        ./sliced/near.nix
        ./sliced/far.nix
        asked.module
      ];
      specialArgs.modulesPath = toString ./sliced;
    };
  };
  evaluate = import ../slices/data.nix { inherit lib parts; };
  data = {
    live = [ "near.nix" ];
    stubs = [ { path = [ "far" ]; } ];
    pins = [
      {
        path = [ "near" "list" ];
        isPlain = true;
      }
    ];
    elements = [
      {
        path = [ "near" "set" ];
        isSubmodule = false;
        names = [ ];
        keys.far = null;
      }
      {
        path = [ "near" "many" ];
        isSubmodule = true;
        names = [ "listed" "value" ];
        keys.far = { };
      }
    ];
  };
  reading =
    what:
    args@{ lib, config, options, extendModules, ... }:
    {
      options.read = lib.mkOption { default = what args; };
    };
  case = what: gives: {
    module = reading what;
    inherit gives;
    change = { };
  };
  ends = what: { ends = what; };
  has = value: { has = value; };
  far = "far";

  cases = {
    "a value" = case ({ config, ... }: config.far.value) (ends far);
    "a value or another" = case ({ config, ... }: config.far.value or 3) (ends far);
    "whether there is a value" = case ({ config, ... }: config ? far.value) (ends far);
    "whether there is a group" = case ({ config, ... }: config ? far) (has true);
    "whether it evaluates" = case (
      { config, ... }: (builtins.tryEval config.far.value).success
    ) (ends far);
    "whether there is an option" = case ({ options, ... }: options ? far.value) (ends "options.far");
    "whether there is one that there is not" = case ({ options, ... }: options ? far.none) (
      ends "options.far"
    );
    "whether it is defined" = case ({ options, ... }: options.far.value.isDefined or false) (
      ends "options.far"
    );
    "with which priority" = case ({ options, ... }: options.near.list.highestPrio or 100) (
      ends "options.near.list"
    );
    "from which files" = case ({ options, ... }: options.near.set.files or [ ]) (
      ends "options.near.set"
    );
    "how many definitions" = case (
      { options, ... }: lib.length options.near.many.definitionsWithLocations
    ) (ends "options.near.many");
    "what it is declared as" = case ({ options, ... }: options.near.list.type.name) (has "listOf");
    "a list that others define" = case ({ config, ... }: config.near.list) (ends "near.list");
    "a part that others define" = case ({ config, ... }: config.near.set.far or "") (
      ends "near.set.far"
    );
    "the whole set" = case ({ config, ... }: config.near.set) (ends "near.set.far");
    "a part of its own" = case ({ config, ... }: config.near.set.near) (has "near");
    "which elements there are" = case ({ config, ... }: lib.attrNames config.near.many) (
      has [ "far" "near" ]
    );
    "an element that others define" = case ({ config, ... }: config.near.many.far.value or 1) (
      ends "near.many.far.value"
    );
    "one with an apply" = case ({ config, ... }: config.near.many.far.listed or [ ]) (
      ends "near.many.far.listed"
    );
    "an element of its own" = case ({ config, ... }: config.near.many.near.value) (has 6);
    "what is extended" = case ({ extendModules, ... }: (extendModules { }).config.near.list) (
      ends "extendModules"
    );
    "what was kept" = case ({ config, ... }: config.far.value) (has 1) // {
      change.stubs = [
        {
          path = [ "far" "value" ];
          kept.v = 1;
        }
        { path = [ "far" "deep" ]; }
      ];
    };
    "what is beside it" = case ({ config, ... }: config.far.deep.value or 1) (ends "far.deep") // {
      change.stubs = [
        {
          path = [ "far" "value" ];
          kept.v = 1;
        }
        { path = [ "far" "deep" ]; }
      ];
    };
    "a hole in what was kept" = case ({ config, ... }: config.far.value.package or 1) (
      ends "far.value"
    ) // {
      change.stubs = [
        {
          path = [ "far" "value" ];
          kept.a = {
            package = null;
            name.v = "a";
          };
        }
        { path = [ "far" "deep" ]; }
      ];
    };
    # Its value is that of the system, after `apply`, however it is defined.
    "an override of what others define" =
      case ({ config, ... }: config.near.list) (has [ "far" ])
      // {
        change.pins = [
          {
            path = [ "near" "list" ];
            isPlain = true;
            kept.v = [ "far" ];
          }
        ];
      };
  };

  # What is asked of a system of two modules, one of which is in the slice (`near`): the unit's text with an override
  # by the slice, which is that of the system; or what the case asks.
  proof =
    { near, far, found ? [ ], ask ? unitOf, ... }:
    let
      system = lib.evalModules {
        modules = [
          ./sliced/proof-base.nix
          ./sliced/proof-near.nix
          ./sliced/proof-far.nix
        ];
        specialArgs = {
          modulesPath = toString ./sliced;
          proof = { inherit near far; };
        };
      };
      questions = import ../slices/questions.nix {
        inherit lib;
        inherit (system) config extendModules options;
        inherit (system._module.args) pkgs;
        services.it = {
          units = [ "it.service" ];
          options = [ "target" ];
        };
      };
    in
    ask {
      inherit questions system;
      given = {
        inherit (system) type;
        question = {
          inherit found;
          service = "it";
          options = [ "target" ];
          live = [ "proof-base.nix" "proof-near.nix" ];
          opened = [ ];
          givenUp = [ ];
        };
      };
    };
  unitOf =
    { questions, system, given }:
    let
      parts = import ../slices/modules.nix {
        inherit lib;
        inherit (system) type;
      };
      more = [ { config.target = lib.mkOverride (-1) true; } ];
      textOf = evaluated: evaluated.config.systemd.units."it.service".text;
      whole = textOf (parts.evaluate (parts.all ++ more));
      sliced = textOf (import ../slices/data.nix { inherit lib parts; } (questions.prove given) more);
    in
    if sliced == whole then whole else "'${sliced}' instead of '${whole}'";
  isPlain = { questions, given, ... }: questions.plain given;
  setOf = type: lib.mkOption {
    type = type lib.types.str;
    default.verbose = "yes";
  };
  unit = on: { config, ... }: {
    systemd.units."it.service".text = if config.target then on config else "off";
  };
  with' = options: config: on: arguments@{ lib, ... }: {
    inherit options;
    config = lib.mkMerge [ config (unit on arguments) ];
  };
  names = config: toString (lib.attrNames config.near);

  proofs = {
    "proved: elements of both" = {
      near = with' { near = setOf lib.types.attrsOf; } { near.near = "near"; } names;
      far = _: { near.far = "far"; };
      gives = has "far near";
    };
    "proved: a default that the definitions of others replace" = {
      near = with' { near = setOf lib.types.attrsOf; } { } names;
      far = _: { near.far = "far"; };
      gives = ends "near has other elements";
    };
    "proved: a priority behind that of others" = {
      near = with' { near = setOf lib.types.lazyAttrsOf; } { near = lib.mkDefault { near = "near"; }; } names;
      far = _: { near.far = "far"; };
      gives = ends "near has other elements";
    };
    "proved: a hole that goes through apply" = {
      near = with' {
        near = lib.mkOption {
          type = lib.types.raw;
          default = [ ];
          apply = map (run: { inherit run; });
        };
      } { } (config: if lib.isFunction (lib.head config.near).run then "function" else "other");
      far = _: { near = [ (it: it) ]; };
      found = [ [ "pin" [ "near" ] { l = [ { a.run = null; } ]; } ] ];
      gives = ends "near";
    };
    "proved: what goes through apply, complete" = {
      near = with' {
        near = lib.mkOption {
          type = lib.types.raw;
          default = [ ];
          apply = lib.unique;
        };
      } { } (config: toString config.near);
      far = _: { near = [ "a" "a" ]; };
      found = [ [ "pin" [ "near" ] { v = [ "a" ]; } ] ];
      gives = has "a";
    };
    "plain: no health check and no file" = {
      near = _: { };
      far = _: { };
      ask = isPlain;
      gives = has true;
    };
    "plain: a health check that is off" = {
      near = _: { dynamicism.for.it.checks.probe = { answers.enable = false; }; };
      far = _: { };
      ask = isPlain;
      gives = has true;
    };
    "plain: a health check" = {
      near = _: { dynamicism.for.it.checks.preflight = { syntax.enable = true; }; };
      far = _: { };
      ask = isPlain;
      gives = has false;
    };
    "plain: a health check that an override enables" = {
      near = { config, ... }: { dynamicism.for.it.checks.probe = { answers.enable = config.target; }; };
      far = _: { };
      ask = isPlain;
      gives.ends = "target";
    };
    "plain: a file below /etc" = {
      near = _: { dynamicism.for.it.etc = [ "it.conf" ]; };
      far = _: { };
      ask = isPlain;
      gives = has false;
    };
    "plan: a service that may have health checks or files" = {
      near = _: { };
      far = _: { };
      ask =
        { system, ... }:
        import ../slices/plan.nix {
          inherit lib;
          inherit (system) type;
          dynamicFile = toString ./sliced/dynamic.nix;
          running = "";
          knownBystanders = "";
          hideValues = false;
          slices = {
            proved = [ "target" ];
            services = [
              {
                name = "it";
                targets = [ "target" ];
                independent = true;
                isPlain = false;
                slice = null;
              }
            ];
          };
        };
      gives = ends "'it' has health checks or files below /etc";
    };
  };
  asked = cases.${name};
in
if name == "" then
  lib.mapAttrs (_: it: it.gives) (cases // proofs)
else if proofs ? ${name} then
  proof proofs.${name}
else
  (evaluate (data // asked.change) [ ]).config.read
