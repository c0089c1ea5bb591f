# Overrides below sets of every priority: they hold and leave all else as it was, or the plan says which do not.
let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  newerLib = builtins.getEnv "DYNIX_NIXPKGS_LIB";
  lib = import ((if newerLib == "" then nixpkgs else newerLib) + "/lib");
  inherit (import ./plans.nix) planOf planWith systemOf;

  # `defined` is what the configuration says of the options anything, json and nested.
  systemWhere =
    defined:
    systemOf {
      imports = [ ./priorities/bar.nix ];
      services.bar = lib.optionalAttrs (defined != null) {
        anything = defined;
        json = defined;
        nested = defined;
      };
    };
  # Each is evaluated once, for all of its plans.
  systems = lib.mapAttrs (_: systemWhere) statics;
  planWhere = name: planOf systems.${name};
  valuesOf =
    plan:
    builtins.listToAttrs (
      map (it: {
        name = lib.removePrefix "services.bar." it.option;
        value = it.dynamic;
      }) plan.overrides
    );
  # The paths that a plan's problems are about, without the options' names.
  wrongIn =
    plan:
    lib.unique (
      lib.concatMap (
        problem:
        let
          path = builtins.match "'services\\.bar\\.(anything|json|nested)\\.([a-z.]*)' .*" problem;
        in
        [ (if path == null then problem else lib.elemAt path 1) ]
      ) plan.problems
    );

  set = {
    a = 1;
    b = 2;
    inner = {
      x = 1;
      y = 2;
    };
  };
  statics = {
    default = null;
    mkDefault = lib.mkDefault set;
    plain = set;
    mkForce = lib.mkForce set;
    innerForce = set // {
      inner = lib.mkForce set.inner;
    };
    innerDefault = set // {
      inner = lib.mkDefault set.inner;
    };
    # One of the definitions is weaker than the other, and nobody sees it.
    hidden = lib.mkMerge [
      (lib.mkDefault { z = 3; })
      set
    ];
  };

  all = inner: {
    "anything.${inner}" = 9;
    "json.${inner}" = 9;
    "nested.${inner}" = 9;
  };
  # What is wrong with a bare override of `a`, and of `inner.x`.
  wrong = {
    default = {
      a = [
        "b"
        "inner"
      ];
      inner = [
        "a"
        "b"
        "inner.y"
      ];
    };
    mkDefault = wrong.default;
    mkForce = {
      a = [ "a" ];
      inner = [ "inner.x" ];
    };
    innerForce.inner = [ "inner.x" ];
    innerDefault.inner = [ "inner.y" ];
  };

  good = plan: {
    wrong = wrongIn plan;
    values = valuesOf plan;
  };
  holds = values: {
    wrong = [ ];
    inherit values;
  };
in
lib.listToAttrs (
  lib.concatLists (
    map (name: [
      {
        name = "a bare override of 'a', ${name}";
        value = {
          found = wrongIn (planWhere name ./dynamic/bar-sets-a.nix);
          wanted = wrong.${name}.a or [ ];
        };
      }
      {
        name = "a bare override of 'inner.x', ${name}";
        value = {
          found = wrongIn (planWhere name ./dynamic/bar-sets-inner.nix);
          wanted = wrong.${name}.inner or [ ];
        };
      }
    ]) (lib.attrNames statics)
  )
)
// {
  "an override at the priority of its set: an option's default" = {
    found = good (planWhere "default" ./dynamic/bar-sets-a-at-1500.nix);
    wanted = holds (all "a");
  };
  "an override at the priority of its set: mkForce" = {
    found = good (planWhere "mkForce" ./dynamic/bar-sets-a-at-50.nix);
    wanted = holds (all "a");
  };
  "an override at the priority of its set: mkForce further down" = {
    found = good (planWhere "innerForce" ./dynamic/bar-sets-inner-at-50.nix);
    wanted = holds (all "inner.x");
  };
  # The configuration was edited since.
  "an override at a priority that its set has no longer" = {
    found = wrongIn (planWhere "plain" ./dynamic/bar-sets-a-at-50.nix);
    wanted = [
      "b"
      "inner"
    ];
  };
  "an option that converts its values, and changes them" = {
    found = good (planWhere "default" ./dynamic/bar-sets-converted.nix);
    wanted = holds { "converted.a" = "<9>"; };
  };
  "a value that follows from another one" = {
    found = good (planWhere "default" ./dynamic/bar-sets-derived.nix);
    wanted = holds {
      "freeform.a" = 9;
      "freeform.derived" = 90;
    };
  };
  # types.attrs, and a type that nobody knows.
  "a set that is taken as a whole has no priorities inside" = {
    found = lib.filter (lib.hasInfix "takes as a whole") (
      (planWhere "default" ./dynamic/bar-sets-whole.nix).problems
    );
    wanted =
      map
        (
          it:
          "'services.bar.${it.option}.a' stands in a set that its option takes as a whole, without priorities inside, so entry ${it.entry} of the dynamic file does not hold. Undo it, and append the whole set."
        )
        [
          {
            option = "custom";
            entry = "2";
          }
          {
            option = "whole";
            entry = "1";
          }
        ];
  };
  "the whole of such a set" = {
    found = good (planWhere "default" ./dynamic/bar-sets-whole-set.nix);
    wanted = holds {
      "whole.a" = 9;
      "whole.b" = null;
      "whole.inner" = null;
    };
  };
  "a configuration that imports the dynamic file itself" =
    let
      plan = planOf (systemOf {
        imports = [
          ./priorities/bar.nix
          ./dynamic/bar-sets-converted.nix
        ];
      }) ./dynamic/bar-sets-converted.nix;
    in
    {
      found = {
        inherit (plan) imported;
        said = map (lib.hasPrefix "the configuration imports '${toString ./dynamic/bar-sets-converted.nix}' itself") plan.problems;
      };
      wanted = {
        imported = true;
        said = [ true ];
      };
    };
  "a configuration that imports it by another name, as a flake does" =
    let
      plan = planOf (systemOf {
        imports = [
          ./priorities/bar.nix
          ./priorities/copy/bar-sets-converted.nix
        ];
      }) ./dynamic/bar-sets-converted.nix;
    in
    {
      found = plan.imported;
      wanted = true;
    };
  "a configuration that does not" = {
    found = (planWhere "default" ./dynamic/bar-sets-converted.nix).imported;
    wanted = false;
  };
  # The static value stands in the store in any case; that of the override must not.
  "what others may not read, a plan that finds it without effect does not say" =
    let
      plan = hideValues: planWith { inherit hideValues; } systems.mkForce ./dynamic/bar-sets-secret.nix;
      says = it: lib.hasInfix "s3cr3t" (builtins.toJSON it);
    in
    {
      found = {
        hidden = says (plan true);
        inherit (plan true) problems;
        # It is looked for in the right place.
        shown = says (plan false).problems;
      };
      wanted = {
        hidden = false;
        problems = [
          "'services.bar.json.a' is not what entry 1 of the dynamic file says: a static definition around it has another priority. Append it again: `dynix append` writes it so that it holds, or says what does."
        ];
        shown = true;
      };
    };
  "nor one that finds that it moves something else" =
    let
      inherit (planWith { hideValues = true; } systems.default ./dynamic/bar-sets-secret.nix) problems;
    in
    {
      found = {
        inner = lib.last problems;
        said = lib.hasInfix "s3cr3t" (builtins.toJSON problems);
      };
      wanted = {
        inner = "'services.bar.json.inner' is not what it was, though the dynamic file has no override of it: a static definition around it has another priority than the overrides beside it. Undo those, and append them again: `dynix append` writes them so that all else stays.";
        said = false;
      };
    };
  "nor one that a module's own messages quote" =
    let
      plan =
        hideValues:
        planWith { inherit hideValues; } (systemOf (
          { config, ... }:
          let
            inherit (config.services.bar.json) a;
          in
          {
            imports = [ ./priorities/bar.nix ];
            services.bar.json = statics.plain;
            assertions = [
              {
                assertion = a == 1;
                message = "bar cannot take '${toString a}'";
              }
              {
                assertion = a == 1;
                message = "bar wants a number";
              }
            ];
            warnings = lib.optional (a != 1) "bar has '${toString a}'";
          }
        )) ./dynamic/bar-sets-secret.nix;
    in
    {
      found = {
        inherit (plan true) problems warnings;
        shown = (plan false).problems ++ (plan false).warnings;
      };
      wanted = {
        problems = [
          "failed assertion: a message that has a value of the dynamic file in it, which others may not read"
          "failed assertion: bar wants a number"
        ];
        warnings = [ "a warning that has a value of the dynamic file in it, which others may not read" ];
        shown = [
          "failed assertion: bar cannot take 's3cr3t'"
          "failed assertion: bar wants a number"
          "bar has 's3cr3t'"
        ];
      };
    };
  "a property inside of an override" = {
    found = map (lib.hasPrefix "'services.bar.json.a' is given a property") (
      (planWhere "plain" ./dynamic/bar-sets-property.nix).problems
    );
    wanted = [ true ];
  };
}
