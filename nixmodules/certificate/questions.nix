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
  # Of the files of services below /etc, those that there are.
  plannedEtc = lib.filter (name: config.environment.etc ? ${name}) (
    lib.concatMap (service: service.etc) (lib.attrValues services)
  );
  compared = import ../dynamicism/compared.nix {
    inherit lib planned plannedEtc;
    plain = import ../dynamicism/schema/plain.nix { inherit lib; };
    verify = "full";
  };
  subjectsOf = import ./subjects.nix { inherit lib compared; };
  targets = import ./targets.nix { inherit lib options services; };
  # What NixOS makes of all system units.
  unitFolder = (folderWith [ ]).name;
  textOf = builtins.unsafeDiscardStringContext;

  # builtins.tryEval of a module does not catch it.
  aborting = import ./canary.nix {
    inherit lib;
    fire = what: abort "dynix-canary ${what}";
  };
  # It does catch this, and the line is written all the same.
  throwing = import ./canary.nix {
    inherit lib;
    fire = what: traced what (throw "dynix-canary ${what}");
  };
  # Since Nix 2.34 what has failed once fails again without being evaluated: a line says only who looked first.
  remembersFailures = builtins.compareVersions builtins.nixVersion "2.34" >= 0;
  # The option has its static value, and the line is written when it is looked at for the first time.
  tracing = import ./canary.nix {
    inherit lib;
    fire = what: traced what false;
  };
  traced = what: builtins.trace "dynix-canary ${what}";
  # What is evaluated from here on is that part of the system, and meets the canaries of the lines that follow.
  part = kind: name: builtins.trace "dynix-subject ${builtins.toJSON [ kind name ]}";
  inherit (aborting) strongest;
  evaluate = modules: extendModules { inherit modules; };
  shared = evaluation: {
    _module.args.pkgs = strongest evaluation._module.args.pkgs;
  };
  recorded = lib.filter (name: config.environment.etc ? ${name}) compared.records;
  # Of what a complete system is made, but the files of its /etc, and these toplevels of specialisations.
  madeOf =
    toplevels: build:
    builtins.replaceStrings
      ([ (textOf (build.etc or (abort "dynix-canary /etc")).outPath) ] ++ map (it: textOf it.outPath) toplevels)
      ([ "/etc" ] ++ map (_: neutral) toplevels)
      (textOf (builtins.toJSON build.toplevel.drvAttrs));
  folderWith = planned: import ../dynamicism/unit-folder.nix { inherit lib planned; };
  hashOf = system: folder: builtins.hashString "sha256" (system + folder);
  # A module that puts these in the place of units, whoever defines them: a function of what they are.
  insteadOfUnits = change: {
    options.systemd.units = lib.mkOption { apply = units: units // change units; };
  };
  # The same for files below /etc, by their names. A stronger definition would not do: the module system looks at the
  # others, too, to see how strong they are.
  insteadOfFiles = names: what: {
    options.environment.etc = lib.mkOption {
      # A specialisation may not have them all.
      apply =
        files:
        files // lib.genAttrs (lib.filter (name: files ? ${name}) names) (name: files.${name} // what name);
    };
  };
  # The systems of specialisations are made of the options too, and an apply leaves them as they are. So their
  # toplevels are the static ones, or this: the complete system has them, and nothing else is to be made of them.
  specialisations = import ../dynamicism/specialisations.nix { inherit lib options; };
  specialised = specialisations.of config;
  staticToplevelOf = name: specialised.${name}.configuration.system.build.toplevel;
  neutral = "/specialisation";
  neutralToplevel =
    fire:
    {
      type = "derivation";
      outPath = neutral;
    }
    // lib.genAttrs [ "drvAttrs" "drvPath" "name" "outputName" ] (_: fire);
  # The planned units whose file is not made of their text.
  givenIn =
    evaluation:
    let
      given = import ../dynamicism/given-units.nix { inherit lib; } (
        # Without the declaration of that module.
        evaluation.options.systemd.units // { inherit (options.systemd.units) declarations; }
      );
    in
    lib.filter (unit: given ? ${unit}) planned;
in
{
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

  # The options that get a canary. Lines of builtins.trace say which part of the system is looked at, and then which
  # canaries it meets: first every part, which ends at the first canary, and then with the static values those that
  # did. There an option is met once, by what looks at it first.
  screen =
    let
      neutralSpecialisations = specialisations.instead (
        _: neutralToplevel (throw "dynix-canary specialisation")
      );
      evaluation = evaluate (map throwing.onOption targets ++ [ neutralSpecialisations ]);
      # Whether it evaluates.
      look =
        kind: name: value:
        part kind name (builtins.tryEval (builtins.deepSeq value true)).success;
      fails = kind: name: value: lib.optional (!look kind name value) { inherit kind name; };
      failing = lib.concatLists (
        lib.mapAttrsToList (
          kind: of:
          # Already which parts there are may depend on an option.
          if look kind "*" (lib.attrNames of) then
            lib.concatMap (name: fails kind name of.${name}) (lib.attrNames of)
          else
            [
              {
                inherit kind;
                name = "*";
              }
            ]
        ) (subjectsOf evaluation)
      );
      evaluateAgain = _: subjectsOf (evaluate (
        map tracing.onOption targets
        ++ [
          (shared evaluation)
          neutralSpecialisations
        ]
      ));
      again = evaluateAgain null;
      # The first parts each in an evaluation of its own, where the lines of the throwing ones lack some.
      againFor = number: if remembersFailures && number < 16 then evaluateAgain number else again;
      lookAgain =
        number:
        { kind, name }:
        let
          of = (againFor number).${kind};
        in
        if name == "*" then
          builtins.seq (look kind "*" (lib.attrNames of)) (lib.mapAttrsToList (look kind) of)
        else
          look kind name of.${name} or null;
    in
    lib.optionals (targets != [ ]) (builtins.deepSeq (lib.imap0 lookAgain failing) targets);

  # The complete system, which looks at none of the options, or the evaluation ends. In it are the planned units and
  # files as they are, dynix's own records and the systems of specialisations as they are, and the assertions and
  # warnings, which whoever rests on this must evaluate: `assertions` is how many there are, and all hold. They are
  # evaluated before all else with the static values, and lines say which of the options they look at. `made` is of
  # what the system is made besides /etc: made of nothing that is given here, it is what `proveReaders` says.
  proveWhole =
    {
      options,
      readable ? [ ],
      ...
    }:
    let
      folder = folderWith (lib.subtractLists readable planned);
      whole = evaluate (
        map aborting.onOption options
        ++ [
          (aborting.instead "assertions" (
            map (it: {
              inherit (it) assertion;
              message = abort "dynix-canary assertions";
            }) static.assertions
          ))
          (aborting.instead "warnings" static.warnings)
          (specialisations.instead staticToplevelOf)
          (insteadOfUnits (
            units:
            lib.genAttrs planned (
              unit: units.${unit} // { inherit (static.systemd.units.${unit}) text unit; }
            )
          ))
          (insteadOfFiles (recorded ++ plannedEtc) (name: {
            inherit (static.environment.etc.${name}) source text;
          }))
        ]
      );
      # It has the same packages: made of the canaries, so that these are met there too.
      static = (evaluate (map tracing.onOption options ++ [ (shared whole) ])).config;
    in
    part "assertion" "*" (
      if givenIn whole != [ ] then
        abort "dynix-canary /etc/${unitFolder}"
      else if lib.all (it: it.assertion) static.assertions then
        part "warning" "*" (
          builtins.deepSeq static.warnings (
            # The planned units may look at them.
            part "system" "toplevel" {
              toplevel = textOf whole.config.system.build.toplevel.outPath;
              made = hashOf (madeOf (map staticToplevelOf (lib.attrNames specialised)) whole.config.system.build) (
                folder.textOf whole.config static.systemd.units
              );
              inherit (static) warnings;
              assertions = lib.length static.assertions;
            }
          )
        )
      else
        abort "dynix-canary assertions"
    );

  # Whether anything is made of what is neutral above: the evaluation ends there, or a line says so before that of the
  # toplevel, or of what the complete system is made is something else than above.
  proveReaders =
    {
      options,
      readable ? [ ],
      ...
    }:
    let
      ofUnits = lib.subtractLists readable planned;
      canaries = map aborting.onOption options ++ [ (aborting.onUnits ofUnits) ];
      files = [ unitFolder ] ++ recorded ++ plannedEtc;
      looksAt = name: abort "dynix-canary /etc/${name}";
      withoutFiles = insteadOfFiles files (name: lib.genAttrs [ "source" "text" ] (_: looksAt name));
      looksAtSpecialisation = abort "dynix-canary specialisation";
      withoutSpecialisations = specialisations.instead (_: looksAtSpecialisation);
      # Packages made of the files, or of the options, are met where they are made.
      packages = evaluate (
        canaries
        ++ [
          withoutFiles
          (aborting.onResult "assertions")
          (aborting.onResult "warnings")
          withoutSpecialisations
        ]
      );
      # The parts are a list, which may lack one, and the complete system lacks none. What makes the system looks at
      # what those files are built of itself, for /etc, and at the assertions and warnings: so they are others here.
      checks = [
        (shared packages)
        (aborting.instead "assertions" (traced "assertions" [ ]))
        (aborting.instead "warnings" (traced "warnings" [ ]))
      ];
      # And its commands name the toplevels of specialisations, and make nothing else of them.
      ofCommands = evaluate (
        canaries
        ++ checks
        ++ [
          withoutFiles
          (specialisations.instead (_: neutralToplevel looksAtSpecialisation))
        ]
      );
      wholeWith =
        what:
        evaluate (
          canaries
          ++ checks
          ++ [
            withoutSpecialisations
            (insteadOfFiles files (name: { text = looksAt name; } // what name))
          ]
          ++ lib.optional (specialised != { }) (specialisations.insteadOfCommands ofCommands.config)
        );
      whole = wholeWith (name: {
        source = traced "/etc/${name}" (builtins.toFile "dynix-neutral" "");
      });
      # What is made of such a file in the complete system alone may be the same for the static one and for that above,
      # and another for others. So here /etc is without them, and whoever looks is met.
      withoutEtc = wholeWith (name: {
        enable = false;
        source = looksAt name;
      });
      complete = map (it: madeOf [ ] it.config.system.build) (
        [ whole ] ++ lib.optional (plannedEtc != [ ]) withoutEtc
      );
      parts = subjectsOf whole;
      # The folder of all units, in which each of the planned ones has its place. Nothing else there, and no file of
      # another unit, is made of one.
      folder = folderWith ofUnits;
      outside = unit: {
        text = folder.placeOf unit;
        unit = folder.placeOf unit;
      };
      units = whole.config.systemd.units // lib.genAttrs ofUnits (
        unit: whole.config.systemd.units.${unit} // outside unit
      );
      text =
        folder.textOf
          (evaluate (
            map aborting.onOption options
            ++ [
              (shared packages)
              (insteadOfUnits (_: units))
            ]
          )).config
          units;
      once =
        if folder.twiceIn text == [ ] then text else abort "dynix-canary ${lib.head (folder.twiceIn text)}";
    in
    part "system" "*" (
      builtins.deepSeq parts (
        part "system" "toplevel" {
          made =
            if lib.all (made: made == lib.head complete) complete then
              hashOf (lib.head complete) once
            else
              abort "dynix-canary /etc";
        }
      )
    );
}
