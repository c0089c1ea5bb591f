# Ways in which a module can look at what a slice does not have, and what comes of it: the evaluation ends, also where
# the module would be content with less. And what a slice would have otherwise than the system, of which the proof makes
# none.
{
  # Empty: what each case is to give. "together": what those give that write texts and end nothing, each of which would
  # evaluate nixpkgs again.
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
  values = import ../slices/values.nix { inherit lib; };
  evaluate = import ../slices/data.nix { inherit lib parts; };
  data = {
    live = [ "near.nix" ];
    stubs.far = null;
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
  # A module that defines what the slice does not declare, and asks for it.
  defining = gives: {
    module =
      { lib, config, ... }:
      {
        options.read = lib.mkOption { default = config.far.value; };
        config.far.value = lib.mkForce 3;
      };
    inherit gives;
  };
  ends = what: { ends = what; };
  has = value: { has = value; };
  far = "far";
  built = derivation {
    name = "it";
    system = "any";
    builder = "/bin/sh";
  };

  # A package that says this of itself was kept.
  saying = meta: {
    stubs.far = {
      value = [ (values.keep (built // { inherit meta; })) ];
      deep = null;
    };
  };

  cases = {
    "a value" = case ({ config, ... }: config.far.value) (ends far);
    "whether all that is defined is declared" = case ({ config, ... }: config._module.check) (
      ends "_module.check"
    );
    "which assertions there are" = case ({ config, ... }: lib.length config.assertions) (
      ends "assertions"
    );
    "which warnings there are" = case ({ config, ... }: config.warnings or [ ]) (ends "warnings");
    "the same as an option" = case ({ options, ... }: options._module.check.isDefined) (
      ends "options._module"
    );
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
    # What the slice puts in its place is an `apply`.
    "whether a list that others define has an apply" = case (
      { options, ... }: options.near.list ? apply
    ) (has false);
    "whether a set that others define a part of has an apply" = case (
      { options, ... }: options.near.set ? apply || options.near.many ? apply
    ) (has false);
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
      change.stubs.far = {
        value = [ { v = 1; } ];
        deep = null;
      };
    };
    "what is beside it" = case ({ config, ... }: config.far.deep.value or 1) (ends "far.deep") // {
      change.stubs.far = {
        value = [ { v = 1; } ];
        deep = null;
      };
    };
    "what is missing of a group" = case ({ config, ... }: config.near.gone or 1) (ends "near.gone") // {
      change.stubs.near.gone = null;
    };
    "which members a group has" = case ({ config, ... }: lib.attrNames config.near) (
      has [ "gone" "list" "many" "set" ]
    ) // {
      change.stubs.near.gone = null;
    };
    "what is missing of a group, as an option" = case ({ options, ... }: options.near ? gone.value) (
      ends "options.near.gone"
    ) // {
      change.stubs.near.gone = null;
    };
    "what is there of a group" = case ({ config, ... }: config.near.set.near) (has "near") // {
      change.stubs.near.gone = null;
    };
    "what it defines of what is missing" = defining (ends "far.value") // {
      change.stubs.far = {
        value = null;
        deep = null;
      };
    };
    "what it defines of what was kept" = defining (has 1) // {
      change.stubs.far = {
        value = [ { v = 1; } ];
        deep = null;
      };
    };
    "a hole in what was kept" = case ({ config, ... }: config.far.value.package or 1) (
      ends "far.value"
    ) // {
      change.stubs.far = {
        value = [
          {
            a.package = null;
            a.name.v = "a";
          }
        ];
        deep = null;
      };
    };
    # Functions are equal only where they are the same one, and here it may be.
    "whether two are equal, with a hole in each" = case ({ config, ... }: config.far.value.a == config.far.value.b) (
      ends "far.value"
    ) // {
      change.stubs.far = {
        value = [
          (values.keep (
            lib.genAttrs [ "a" "b" ] (_: {
              name = "a";
              run = it: it;
            })
          ))
        ];
        deep = null;
      };
    };
    "a text that was kept" = case ({ config, ... }: builtins.getContext config.far.value) (
      has { ${builtins.unsafeDiscardStringContext built.drvPath}.outputs = [ "out" ]; }
    ) // {
      change.stubs.far = {
        value = [ (values.keep "${built}") ];
        deep = null;
      };
    };
    "what a text refers to, as it is built" =
      case
        (
          _:
          let
            drv = builtins.unsafeDiscardStringContext built.drvPath;
            library = "/nix/store/00000000000000000000000000000000-it-lib";
            asBuilt = import ../slices/as-built.nix {
              inherit lib;
              built.${library} = [ drv "lib" ];
            };
            of = references: lib.attrValues (builtins.getContext (asBuilt (builtins.appendContext "it" { ${drv} = references; })));
          in
          [
            (of { outputs = [ "lib" ]; })
            (of { outputs = [ "lib" "out" ]; })
            (of { allOutputs = true; })
            (asBuilt "it")
          ]
        )
        (has [
          [ { path = true; } ]
          [
            { path = true; }
            { outputs = [ "out" ]; }
          ]
          [ { allOutputs = true; } ]
          "it"
        ]);
    "what was not kept of a package" = case ({ config, ... }: config.far.value.builder or 1) (
      ends "far.value"
    ) // {
      change.stubs.far = {
        value = [ (values.keep built) ];
        deep = null;
      };
    };
    "what a package has not" = case ({ config, ... }: config.far.value.none or 1) (has 1) // {
      change.stubs.far = {
        value = [ (values.keep built) ];
        deep = null;
      };
    };
    "which program a package has" = case ({ config, ... }: config.far.value.meta.mainProgram or "none") (has "program") // {
      change = saying { mainProgram = "program"; };
    };
    "whether a package says which program it has" = case (
      { config, ... }: config.far.value.meta.mainProgram or "none"
    ) (has "none") // {
      change = saying { };
    };
    "what else a package says" = case ({ config, ... }: config.far.value.meta.description or "none") (
      ends "far.value"
    ) // {
      change = saying { description = "it"; };
    };
    "a part of an element of its own that was kept" =
      case ({ config, ... }: config.near.many.near) (
        has {
          listed = [ "kept" ];
          value = 6;
        }
      )
      // {
        change.elements = [
          {
            path = [ "near" "many" ];
            isSubmodule = true;
            names = [ "listed" "value" ];
            keys = { };
            own.near.listed.v = [ "kept" ];
          }
        ];
      };
    "a hole in a part of its own" =
      case ({ config, ... }: config.near.many.near.value) (has 6)
      // {
        change.elements = [
          {
            path = [ "near" "many" ];
            isSubmodule = true;
            names = [ "listed" "value" ];
            keys = { };
            own.near.value = null;
          }
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
    # So it does not hold, as in the system.
    "whether an override of what others define holds" =
      let
        content.near.list = lib.mkOverride (-1) [ "near" ];
      in
      {
        module = { };
        change.pins = [
          {
            path = [ "near" "list" ];
            isPlain = true;
            kept.v = [ "far" ];
          }
        ];
        found =
          evaluate:
          (import ../dynamicism/overrides.nix {
            inherit content lib;
            plain = import ../dynamicism/schema/plain.nix { inherit lib; };
            static = evaluate [ ];
            dynamic = evaluate [ { config = content; } ];
            extend = module: evaluate [ module ];
            dynamicFile = "dynamic.nix";
            hideValues = true;
          }).problems;
        gives = has [
          "'near.list' is not what entry 1 of the dynamic file says: a static definition around it has another priority. Append it again: `dynix append` writes it so that it holds, or says what does."
        ];
      };
  };

  writers = import ./sliced/writers.nix { inherit ends has lib; };
  inherit (import ./sliced/proofs.nix { inherit built ends has lib; }) proof proofs;
  asked = cases.${name};
in
if name == "" then
  lib.mapAttrs (_: it: it.gives) (cases // proofs // writers)
else if name == "together" then
  lib.mapAttrs (_: it: it.found) (lib.filterAttrs (_: it: it.gives ? has) writers)
else if proofs ? ${name} then
  proof proofs.${name}
else if writers ? ${name} then
  writers.${name}.found
else
  (asked.found or (evaluate: (evaluate [ ]).config.read)) (evaluate (data // asked.change))
