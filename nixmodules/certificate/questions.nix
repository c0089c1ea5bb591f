# The questions of `dynix certify`. Each is asked in an evaluation of its own, so that its memory is free again.
{
  config,
  extendModules,
  lib,
  options,
  pkgs,
}:

let
  cfg = config.dynamicism;
  services = lib.filterAttrs (_: service: service.enable) cfg.for;
  planned = lib.concatMap (service: service.units) (lib.attrValues services);
  pathOf = import ../dynamicism/schema/path.nix { inherit lib; };
  compared = import ../dynamicism/compared.nix {
    inherit lib planned;
    plain = import ../dynamicism/schema/plain.nix { inherit lib; };
    verify = "full";
  };
  subjectsOf = import ./subjects.nix { inherit lib compared; };
  targets = import ./targets.nix { inherit lib options services; };
  # What NixOS makes of all system units.
  unitFolder = "systemd/system";
  textOf = builtins.unsafeDiscardStringContext;

  # builtins.tryEval of a module does not catch it.
  aborting = import ./canary.nix {
    inherit lib;
    fire = what: abort "dynix-canary ${what}";
  };
  # It does catch this, and the line is written all the same.
  throwing = import ./canary.nix {
    inherit lib;
    fire = what: builtins.trace "dynix-canary ${what}" (throw "dynix-canary ${what}");
  };
  inherit (aborting) strongest;
  evaluate = modules: extendModules { inherit modules; };
  shared = evaluation: {
    _module.args.pkgs = strongest evaluation._module.args.pkgs;
  };
  recorded = lib.filter (name: config.environment.etc ? ${name}) compared.records;
in
{
  inherit targets;

  slices = import ../slices/questions.nix {
    inherit
      config
      extendModules
      lib
      options
      pkgs
      services
      ;
  };

  # What the options reach, part by part, as a list of the parts that do not evaluate. Lines of builtins.trace say
  # which part is looked at, and then which canaries it meets: one that is behind another is not met.
  screen =
    { options, ... }:
    let
      evaluation = evaluate (map throwing.onOption options);
      look =
        kind: name: value:
        let
          tried = builtins.tryEval (builtins.deepSeq value true);
        in
        builtins.trace "dynix-subject ${builtins.toJSON [ kind name ]}" (
          lib.optional (!tried.success) { inherit kind name; }
        );
      looked =
        kind: of:
        let
          # Already which parts there are may depend on an option.
          tried = builtins.tryEval (lib.attrNames of);
        in
        builtins.trace "dynix-subject ${builtins.toJSON [ kind "*" ]}" (
          if tried.success then
            lib.concatMap (name: look kind name of.${name}) tried.value
          else
            [
              {
                inherit kind;
                name = "*";
              }
            ]
        );
    in
    lib.concatLists (
      lib.mapAttrsToList looked (
        subjectsOf evaluation.config
        // {
          assertion = subjectsOf.byFile evaluation.options.assertions (it: it.assertion or true);
          warning = subjectsOf.byFile evaluation.options.warnings (it: it);
        }
      )
    );

  # Of the `readable` units, others may be made: they must not look at the options then either.

  # The complete system, which looks at none of the options, or the evaluation ends. Neutral in it are the planned
  # units, as part of all system units; dynix's own records; and the assertions and warnings, which whoever rests
  # on this must evaluate: `assertions` is how many there are, and all hold.
  prove =
    {
      options,
      readable ? [ ],
    }:
    let
      canaries = map aborting.onOption options;
      whole = evaluate (
        canaries
        ++ [
          (aborting.onUnits (lib.subtractLists readable planned))
          (aborting.instead "assertions" (
            map (it: {
              inherit (it) assertion;
              message = abort "dynix-canary assertions";
            }) static.assertions
          ))
          (aborting.instead "warnings" static.warnings)
          {
            environment.etc = {
              ${unitFolder}.source = strongest units.environment.etc.${unitFolder}.source;
            }
            // lib.genAttrs recorded (name: {
              source = strongest static.environment.etc.${name}.source;
              text = strongest static.environment.etc.${name}.text;
            });
          }
        ]
      );
      # All of them have the same packages: made of the canaries, so that these are met there too.
      static = (evaluate [ (shared whole) ]).config;
      # All system units, with the planned ones as they are.
      units =
        (evaluate (
          canaries
          ++ [
            (shared whole)
            {
              systemd.units = lib.genAttrs planned (unit: {
                text = strongest static.systemd.units.${unit}.text;
                unit = strongest static.systemd.units.${unit}.unit;
              });
            }
          ]
        )).config;
    in
    {
      toplevel = textOf whole.config.system.build.toplevel.outPath;
      inherit (static) warnings;
      assertions = lib.length static.assertions;
    };

  # Whether the assertions and warnings look at the options: true, where they do not and hold as they held, or the
  # evaluation ends.
  proveChecks =
    { options, ... }:
    let
      evaluation = evaluate (map aborting.onOption options);
      inherit (evaluation.config) assertions warnings;
    in
    builtins.deepSeq warnings (lib.all (it: it.assertion) assertions);

  # Whether anything is made of what is neutral above: true, or the evaluation ends.
  proveReaders =
    {
      options,
      readable ? [ ],
    }:
    let
      canaries = map aborting.onOption options ++ [
        (aborting.onUnits (lib.subtractLists readable planned))
      ];
      neutral = [ unitFolder ] ++ recorded;
      evaluation = evaluate (
        canaries
        ++ [
          (aborting.onFiles neutral)
          (aborting.onResult "assertions")
          (aborting.onResult "warnings")
        ]
      );
      # The parts are a list, which may lack one, and the complete system lacks none. What makes the system looks at
      # those files itself, for /etc: so it is asked with two versions of them, and differs in nothing but the /etc
      # that is made of them.
      madeWith =
        version:
        let
          whole = evaluate (
            canaries
            ++ [
              # Packages made of the files, or of the options, are met where they are made.
              (shared evaluation)
              (aborting.instead "assertions" [ ])
              (aborting.instead "warnings" [ ])
              {
                environment.etc = lib.genAttrs neutral (_: {
                  source = strongest (builtins.toFile "dynix-${version}" "");
                  text = strongest version;
                });
              }
            ]
          );
          inherit (whole.config.system) build;
        in
        builtins.replaceStrings [ (textOf (build.etc or (abort "dynix-canary /etc")).outPath) ] [ "/etc" ] (
          textOf (builtins.toJSON build.toplevel.drvAttrs)
        );
    in
    builtins.deepSeq (subjectsOf evaluation.config) (
      madeWith "one" == madeWith "another" || abort "dynix-canary /etc/${unitFolder}"
    );
}
