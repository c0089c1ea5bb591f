# The ways in which an override reaches more than its service, each with exactly what a plan names.
let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  newerLib = builtins.getEnv "DYNIX_NIXPKGS_LIB";
  lib = import ((if newerLib == "" then nixpkgs else newerLib) + "/lib");
  plans = import ./plans.nix;
  inherit (plans) planVerifiedBy planWith;

  systemOf =
    configuration:
    plans.systemOf {
      imports = [
        ./leaks/bar.nix
        configuration
      ];
    };

  # Those of several checks, so that each is evaluated once.
  bar = systemOf { };
  systems = lib.genAttrs [
    "checked"
    "conditional"
    "given-files"
    "kernel-parameter"
    "made-of-unit"
    "own-module"
    "package"
    "value-transfer"
  ] (name: systemOf (./leaks + "/${name}.nix"));
  transferring = systems.value-transfer;

  # "kind name: static -> dynamic", with the lines of a text between slashes.
  leaksOf =
    verify: system: dynamicFile:
    let
      plan = planVerifiedBy verify system dynamicFile;
      inline = text: if text == null then "nothing" else lib.replaceStrings [ "\n" ] [ " / " ] text;
    in
    assert plan.verify == verify;
    map (leak: "${leak.kind} ${leak.name}: ${inline leak.static} -> ${inline leak.dynamic}") plan.leaks;
  quick = leaksOf "quick";
  toplevelOf = system: builtins.unsafeDiscardStringContext system.config.system.build.toplevel.outPath;
  full = leaksOf "full";
  transferred = quick transferring ./dynamic/bar-threads.nix;
  # Plans for the system that runs.
  plansOf =
    system:
    lib.genAttrs [ "threads" "limit" ] (
      name: planWith { running = toplevelOf system; } system (./dynamic + "/bar-${name}.nix")
    );
  ofBar = plansOf bar;
  ofTransferring = plansOf transferring;
  # What stands in the store is named by its hash; here only that it differs is of interest.
  namesOnly = map (leak: lib.head (lib.splitString ":" leak));

in
{
  "an override that stays in its service" = {
    found = quick bar ./dynamic/bar-threads.nix;
    wanted = [ ];
  };

  "what a rebuild would check of an override is built, and is no leak" = {
    found = {
      checks =
        map
          (
            file:
            map (check: lib.removePrefix "-" (lib.substring 32 (-1) (baseNameOf (builtins.unsafeDiscardStringContext check)))) (
              (systems.checked.config.dynamicism.applyDynamicConfiguration { configuration = file; })
              .passedChecks or [ ]
            )
          )
          [
            ./dynamic/bar-threads.nix
            ./dynamic/bar-limit.nix
          ];
      quick = quick systems.checked ./dynamic/bar-threads.nix;
      full = full systems.checked ./dynamic/bar-threads.nix;
    };
    wanted = {
      checks = [
        [ "check-8-threads" ]
        [ ]
      ];
      quick = [ ];
      full = [ ];
    };
  };

  # Whoever reads the result is compared by what it makes of it.
  "A: a value goes to another unit, to /etc, to a user and into the firewall" = {
    found = namesOnly transferred;
    wanted = [
      "etc foo.conf"
      "unit firewall.service"
      "unit foo.service"
      "user foo"
    ];
  };
  "A: a value that nobody takes" = {
    found = quick transferring ./dynamic/bar-limit.nix;
    wanted = [ ];
  };
  "A: what changes is told" = {
    found = lib.filter (lib.hasPrefix "unit foo") transferred;
    wanted = [ "unit foo.service: ExecStart=/bin/foo 4 -> ExecStart=/bin/foo 8" ];
  };

  # With lib 26.11 an option that is declared like another one has its type and its default; a definition
  # reaches it only by being copied.
  "B: an option declared twice, and its definitions copied" = {
    found = quick (systemOf ./leaks/shared-option.nix) ./dynamic/bar-pool.nix;
    wanted = [ "unit copies.service: ExecStart=/bin/{\"size\":1} -> ExecStart=/bin/{\"size\":2}" ];
  };

  # The whole dynamic file counts, not its last entry: the same override leaks or does not.
  "C: nothing is taken while the limit is low" = {
    found = quick systems.conditional ./dynamic/bar-threads.nix;
    wanted = [ ];
  };
  "C: the limit alone lets the static value be taken" = {
    found = quick systems.conditional ./dynamic/bar-limit.nix;
    wanted = [ "unit foo.service: ExecStart=/bin/foo 7 -> ExecStart=/bin/foo 4" ];
  };
  "C: both are taken" = {
    found = quick systems.conditional ./dynamic/bar-limit-threads.nix;
    wanted = [ "unit foo.service: ExecStart=/bin/foo 7 -> ExecStart=/bin/foo 8" ];
  };

  # Of the planned unit itself, what no drop-in changes.
  "D: the declaring module has another unit, and links to its own one" = {
    found = quick systems.own-module ./dynamic/bar-threads.nix;
    wanted = [
      "unit bar-cleaner.service: ExecStart=/bin/clean 4 -> ExecStart=/bin/clean 8"
      "unit bar.service:  -> WantedBy=bar.target"
    ];
  };
  "D: its assertion and its warning are told" = {
    found = {
      inherit (planVerifiedBy "quick" systems.own-module ./dynamic/bar-many-threads.nix)
        problems
        warnings
        ;
    };
    wanted = {
      problems = [ "failed assertion: bar has fewer than a hundred threads" ];
      warnings = [ "bar has many threads" ];
    };
  };

  "E: a type gets another option" = {
    found = quick (systemOf ./leaks/mergeable-type.nix) ./dynamic/bar-small-limit.nix;
    wanted = [ "unit foo.service: ExecStart=/bin/foo {} -> ExecStart=/bin/foo {\"quota\":5}" ];
  };
  # What is not in any output of the system, nobody can see in it.
  "E: a type that nobody's unit or file is made of" = {
    found = full (systemOf ./leaks/unused-type.nix) ./dynamic/bar-small-limit.nix;
    wanted = [ ];
  };

  "only the whole system shows the kernel's parameters" = {
    found = {
      quick = quick systems.kernel-parameter ./dynamic/bar-threads.nix;
      full = namesOnly (full systems.kernel-parameter ./dynamic/bar-threads.nix);
    };
    wanted = {
      quick = [ ];
      full = [ "system toplevel" ];
    };
  };
  "a package of the same name is told from its store path" = {
    found = {
      quick = namesOnly (quick systems.package ./dynamic/bar-threads.nix);
      full = namesOnly (full systems.package ./dynamic/bar-threads.nix);
    };
    wanted = {
      quick = [ "package bar-for-8" ];
      full = [
        "package bar-admin"
        "package bar-for-8"
      ];
    };
  };

  # Of a planned unit itself the plan takes care, and of nothing that is made of it.
  "what is made of a planned unit" = {
    found = {
      quick = namesOnly (quick systems.made-of-unit ./dynamic/bar-threads.nix);
      full = namesOnly (full systems.made-of-unit ./dynamic/bar-threads.nix);
      onlyTheKernel = namesOnly (
        full (systemOf (
          { config, ... }: { boot.kernelParams = [ config.systemd.units."bar.service".text ]; }
        )) ./dynamic/bar-threads.nix
      );
    };
    wanted = {
      quick = [
        "etc copy-of-bar"
        "unit other-bar.service"
        "unit watcher.service"
        "user-unit other-bar.service"
      ];
      full = [
        "etc copy-of-bar"
        "unit other-bar.service"
        "unit watcher.service"
        "user-unit other-bar.service"
      ];
      onlyTheKernel = [ "system toplevel" ];
    };
  };
  "the file of a unit, which is not made of its text" = {
    found = {
      quick = namesOnly (quick systems.given-files ./dynamic/bar-threads.nix);
      full = namesOnly (full systems.given-files ./dynamic/bar-threads.nix);
      inherit (planVerifiedBy "quick" systems.given-files ./dynamic/bar-limit.nix) leaks problems;
    };
    wanted = {
      quick = [ "unit foo.service" ];
      full = [ "unit foo.service" ];
      leaks = [ ];
      problems = [
        "the file of 'bar.service' is not made of its text, which is what dynix changes: a module defines `systemd.units.\"bar.service\".unit`. Let it define the text."
      ];
    };
  };
  "what is made of a planned unit in the folder of all units" =
    let
      system = systemOf (
        { config, ... }:
        {
          environment.etc."systemd/system".source = lib.mkForce (derivation {
            name = "units";
            builder = "/bin/sh";
            system = builtins.currentSystem;
            units = map (unit: unit.unit) (lib.attrValues config.systemd.units);
            more = config.systemd.units."bar.service".unit;
          });
        }
      );
    in
    {
      found = {
        quick = quick system ./dynamic/bar-threads.nix;
        full = namesOnly (full system ./dynamic/bar-threads.nix);
      };
      wanted = {
        quick = [ ];
        full = [ "etc systemd/system" ];
      };
    };
  "a user's own package" = {
    found = namesOnly (quick (systemOf ./leaks/user-package.nix) ./dynamic/bar-threads.nix);
    wanted = [ "etc profiles/per-user/foo" ];
  };
  "a user that does not evaluate any more" = {
    found = quick (systemOf ./leaks/user-that-throws.nix) ./dynamic/bar-threads.nix;
    wanted = [ "user foo: description=\"foo\" -> description=(does not evaluate)" ];
  };
  "another part that does not evaluate any more ends a full search" =
    let
      kernel = systemOf (
        { config, ... }:
        {
          boot.kernelParams = [
            (if config.services.bar.threads > 6 then throw "too many" else "bar")
          ];
        }
      );
      found = verify: (builtins.tryEval (verify kernel ./dynamic/bar-threads.nix)).success;
    in
    {
      found = {
        quick = found quick;
        full = found full;
      };
      wanted = {
        quick = true;
        full = false;
      };
    };
  "a planned unit that goes away is told, and dynix's own record is not" = {
    found =
      let
        plan = planVerifiedBy "full" (systemOf ./leaks/unit-that-goes.nix) ./dynamic/bar-threads.nix;
      in
      {
        leaks = map (leak: "${leak.kind} ${leak.name}") plan.leaks;
        problem = lib.head plan.problems;
      };
    wanted = {
      leaks = [ "unit bar-helper.service" ];
      problem = "unit 'bar-helper.service' is not part of the configuration with the dynamic file";
    };
  };

  # The hash says that nothing but the planned units differs, so that a later plan need not evaluate it again.
  "a plan without leaks has the hash of the rest of the system" = {
    found = {
      sameForAnotherOverride = ofBar.threads.bystanders == ofBar.limit.bystanders;
      ofAnotherSystemThanTheRunningOne =
        (planWith { running = "/nix/store/b"; } bar ./dynamic/bar-threads.nix).bystanders;
      length = lib.stringLength ofBar.threads.bystanders;
      withLeaks = ofTransferring.threads.bystanders;
      withLeakedPackage = (plansOf systems.package).threads.bystanders;
      withLeakOfItsOwnUnit = (plansOf systems.own-module).threads.bystanders;
    };
    wanted = {
      sameForAnotherOverride = true;
      ofAnotherSystemThanTheRunningOne = "";
      length = 64;
      withLeaks = "";
      withLeakedPackage = "";
      withLeakOfItsOwnUnit = "";
    };
  };
  "a plan that is told a hash is the same plan" =
    let
      again =
        system: plans:
        let
          told = {
            running = toplevelOf system;
            knownBystanders = plans.limit.bystanders;
          };
        in
        assert told.knownBystanders != "";
        planWith told system ./dynamic/bar-threads.nix == plans.threads;
    in
    {
      found = [
        (again bar ofBar)
        # A hash that holds for one override lets no leak of another one through.
        (again transferring ofTransferring)
      ];
      wanted = [
        true
        true
      ];
    };
  "with a known hash the static system is not evaluated but for the planned units" = {
    found =
      let
        told = {
          running = toplevelOf bar;
          knownBystanders = ofBar.threads.bystanders;
        };
        # Only the static evaluation would meet the throw.
        poisoned = systemOf (
          { config, ... }:
          {
            environment.etc.poisoned.enable = config.services.bar.threads == 4 && throw "evaluated";
          }
        );
      in
      (planWith told poisoned ./dynamic/bar-threads.nix).leaks;
    wanted = [ ];
  };
  # The edit said 8 and was taken back; the override that says 8 must not pass for it.
  "the hash of a configuration that was edited since the switch is none" =
    let
      edited = systemOf {
        imports = [ ./leaks/value-transfer.nix ];
        services.bar.threads = 8;
      };
      inherit (planWith { running = toplevelOf transferring; } edited ./dynamic/bar-limit.nix) bystanders;
      leaks =
        (planWith {
          running = toplevelOf transferring;
          knownBystanders = bystanders;
        } transferring ./dynamic/bar-threads.nix).leaks;
    in
    {
      found = {
        inherit bystanders;
        leaks = lib.length leaks;
      };
      wanted = {
        bystanders = "";
        leaks = 4;
      };
    };
}
# NixOS 20.09 makes specialisations of the modules that it was given, without an override.
// lib.optionalAttrs (baseNameOf nixpkgs == "small-nixpkgs") {
  "the system of a specialisation, and what is made of it" =
    let
      systemWith =
        more:
        systemOf (
          { config, ... }:
          lib.mkMerge [
            {
              specialisation.one.configuration =
                { config, ... }:
                {
                  systemd.services.of-one.serviceConfig.ExecStart = "/bin/one ${toString config.services.bar.threads}";
                };
            }
            (lib.mkIf (config.specialisation != { }) (more config.specialisation.one.configuration))
          ]
        );
      leaks = verify: more: namesOnly (verify (systemWith more) ./dynamic/bar-threads.nix);
      naming = one: {
        systemd.services.foo.serviceConfig.ExecStart = "/bin/foo ${one.system.build.toplevel}";
      };
    in
    {
      found = {
        quick = leaks quick (_: { });
        full = leaks full (_: { });
        quickNamed = leaks quick naming;
        fullNamed = leaks full naming;
        fullKernel = leaks full (one: {
          boot.kernelParams = [ "one=${one.system.build.toplevel}" ];
        });
        fullCommands = leaks full (one: {
          system.systemBuilderCommands = builtins.hashString "sha256" "${one.system.build.toplevel}";
        });
      };
      wanted = {
        quick = [ ];
        full = [ ];
        quickNamed = [ "unit foo.service" ];
        fullNamed = [ "unit foo.service" ];
        fullKernel = [ "system toplevel" ];
        # What builds the system runs nowhere.
        fullCommands = [ ];
      };
    };
}
