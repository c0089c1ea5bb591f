# Ways in which something looks at an option, each with what the proof of ../certificate meets there: null where
# nothing looks, so that no value of the option reaches anything but its unit.
#
# An evaluation that meets a canary ends, so ./certificates.py asks for each by its name.
{
  # Empty: what each case is to meet.
  name,
  # Of the parts below.
  screen ? false,
}:

let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  newerLib = builtins.getEnv "DYNIX_NIXPKGS_LIB";
  lib = import ((if newerLib == "" then nixpkgs else newerLib) + "/lib");
  isSmall = baseNameOf nixpkgs == "small-nixpkgs";
  inherit (import ./plans.nix) packages systemOf wholeSystemOf;

  threads = "services.bar.threads";
  foo = text: { systemd.services.foo.serviceConfig.ExecStart = "/bin/foo ${toString text}"; };
  reading = what: args@{ ... }: foo (what args);
  optionOf = args: args.options.services.bar.threads;
  # With a file below /etc that the service reads.
  ofFile = module: {
    imports = [
      module
      (
        { config, ... }:
        {
          environment.etc."bar.conf".text = "threads=${toString config.services.bar.threads}";
          dynamicism.for.bar.etc = [ "bar.conf" ];
        }
      )
    ];
  };
  # Whether one of those files says so.
  among =
    etc:
    if
      lib.any (it: lib.hasInfix "threads=9" (toString it.text)) (
        lib.filter (it: it.enable) (lib.attrValues etc)
      )
    then
      "l"
    else
      "m";
  # What a specialisation has. It has none of its own.
  ofOne =
    what:
    case (
      { config, ... }:
      lib.mkMerge [
        { specialisation.one.configuration = { }; }
        (lib.mkIf (config.specialisation != { }) (what config.specialisation.one.configuration))
      ]
    );
  leak = file: ./leaks + "/${file}.nix";

  givenFile =
    what:
    { config, lib, ... }:
    {
      imports = [ (foo "") ];
      systemd.units."foo.service".unit = lib.mkForce (derivation {
        name = "foo";
        system = "any";
        builder = "/bin/sh";
        of = what config;
      });
    };

  # What is proved is what ../certificate/targets.nix makes of an option that is dynamic: `target`.
  declared = option: target: module: {
    inherit target;
    targets = null;
    readable = [ ];
    checks = false;
    isWhole = false;
    isOfNixos = false;
    meets = null;
    module =
      { lib, ... }:
      {
        imports = [ module ];
        dynamicism.for.bar.options = lib.mkForce [ option ];
      };
  };
  ofPool = declared "services.bar.pool.size";
  # A submodule in another.
  ofOuter =
    target: outer:
    declared "services.bar.outer.pool.size" target (
      { lib, config, ... }:
      {
        options.services.bar.outer = lib.mkOption {
          default = { };
          type = lib.types.submodule {
            options.pool = lib.mkOption {
              default = { };
              type = lib.types.submodule {
                options.size = lib.mkOption {
                  type = lib.types.int;
                  default = 1;
                };
              };
            };
          };
        };
        config.services.bar = { inherit outer; };
        config.systemd.services.bar.environment.OUTER = builtins.toJSON config.services.bar.outer;
      }
    );

  # What stands in the case's option is proved together.
  case = module: meets: {
    inherit module meets;
    readable = [ ];
    checks = false;
    targets = [ threads ];
    # With all modules of NixOS.
    isWhole = false;
    # What NixOS's own modules make of it counts. The others are of the module system, and of small-nixpkgs alone.
    isOfNixos = false;
  };
  ofNixos = module: meets: case module meets // { isOfNixos = true; };
  cases = {
    "nothing" = ofNixos { } null;
    "a planned unit with a name by systemd-escape(1)" = ofNixos {
      systemd.services."bar\\x2dtwo".serviceConfig.ExecStart = "/bin/bar";
      dynamicism.for.bar.units = [ "bar\\x2dtwo.service" ];
    } null;
    "every option of the service" = case { } null // {
      targets = [
        threads
        "services.bar.limit"
        "services.bar.pool"
      ];
    };
    "its value" = case (reading ({ config, ... }: config.services.bar.threads)) threads;
    "its value or another one" = case (reading (
      { config, ... }: config.services.bar.threads or 3
    )) threads;
    "whether there is a value" = case (reading ({ config, ... }: config.services.bar ? threads)) null;
    "whether there is an option" = case (reading ({ options, ... }: options ? services.bar.threads)) null;
    "whether it evaluates" = case (reading (
      { config, ... }: (builtins.tryEval config.services.bar.threads).success
    )) threads;
    "whether it is defined" = case (reading (args: (optionOf args).isDefined)) threads;
    "with which priority" = case (reading (args: (optionOf args).highestPrio)) threads;
    "from which files" = case (reading (args: (optionOf args).files)) threads;
    "its definitions" = case (reading (args: lib.length (optionOf args).definitions)) threads;
    "its definitions with their files" = case (reading (
      args: lib.length (optionOf args).definitionsWithLocations
    )) threads;
    "what it is declared as" = case (reading (args: (optionOf args).description)) null;
    "another system that inherits it" = case (
      { extendModules, ... }: foo (extendModules { modules = [ ]; }).config.systemd.units."bar.service".text
    ) threads;
    "specialisations, in which another unit is made of it" = case {
      specialisation.one.configuration = reading ({ config, ... }: config.services.bar.threads);
      specialisation.two.configuration = { };
    } null;
    "whether there is a specialisation" = case (
      { config, ... }:
      {
        specialisation = lib.mkIf (config.services.bar.threads > 50) { one.configuration = { }; };
      }
    ) threads;
    "a specialisation's complete system" = ofOne (one: foo one.system.build.toplevel) "specialisation";
    "whether a specialisation's complete system is a certain one, in its commands" = ofOne (one: {
      system.systemBuilderCommands = toString (lib.hasInfix "big" one.system.build.toplevel.name);
    }) "specialisation";
    "whether a specialisation's complete system evaluates" = ofOne (
      one: foo (builtins.tryEval (toString one.system.build.toplevel)).success
    ) "specialisation";
    "a specialisation's unit" = ofOne (one: foo one.systemd.units."bar.service".unit) "bar.service";
    "a specialisation's value" = ofOne (one: foo one.services.bar.threads) threads;
    "a specialisation's name" = ofOne (one: foo one.networking.hostName) null;
    "the name of the system, made of a specialisation" = ofOne (one: {
      networking.hostName = builtins.hashString "sha256" (toString one.system.build.toplevel);
    }) "specialisation";
    "the kernel's parameters, made of a specialisation" = ofOne (one: {
      boot.kernelParams = [ "one=${one.system.build.toplevel}" ];
    }) "specialisation";
    "the name of the system, made of a specialisation's file" = case (ofFile (
      { config, ... }:
      lib.mkMerge [
        { specialisation.one.configuration = { }; }
        (lib.mkIf (config.specialisation != { }) {
          networking.hostName =
            if lib.hasInfix "9" config.specialisation.one.configuration.environment.etc."bar.conf".text then
              "l"
            else
              "m";
        })
      ]
    )) "/etc/bar.conf";
    "its assertion and its warning" = case (
      { config, ... }:
      {
        assertions = [
          {
            assertion = config.services.bar.threads < 100;
            message = "fewer than a hundred";
          }
        ];
        warnings = if config.services.bar.threads > 50 then [ "many" ] else [ ];
      }
    ) null;
    # NixOS 20.09 has one that looks at every service, so that there an apply evaluates them all.
    "no assertion and no warning, dynix's own included" =
      ofNixos { } (if isSmall then null else threads)
      // {
        checks = true;
        isWhole = true;
      };
    "an assertion" =
      ofNixos
        (
          { config, ... }:
          {
            assertions = [
              {
                assertion = config.services.bar.threads < 100;
                message = "fewer than a hundred";
              }
            ];
          }
        )
        threads
      // {
        checks = true;
      };
    "a warning" =
      ofNixos
        (
          { config, ... }:
          {
            warnings = if config.services.bar.threads > 50 then [ "many" ] else [ ];
          }
        )
        threads
      // {
        checks = true;
      };
    "what reads the warnings" = case (
      { config, ... }:
      {
        environment.etc."warnings".text = lib.concatStrings config.warnings;
      }
    ) "warnings";
    "what reads the assertions" = case (
      { config, ... }:
      {
        environment.etc."assertions".text = toString (lib.length config.assertions);
      }
    ) "assertions";
    "what is made of all units" = ofNixos (
      { config, ... }:
      {
        environment.etc."units".source = config.environment.etc."systemd/system".source;
      }
    ) "/etc/systemd/system";
    "whether what is made of all units evaluates" = ofNixos (
      { config, ... }:
      {
        environment.etc."units".text =
          if (builtins.tryEval config.environment.etc."systemd/system".source).success then "yes" else "no";
      }
    ) "/etc/systemd/system";
    # Whatever they are, the package is the same: nothing shows it but that it looks.
    "a package that looks at all units, and the name of the system, which looks at it" = ofNixos (
      { config, pkgs, ... }:
      {
        _module.args.pkgs = lib.mkOverride (-2) (
          packages
          // {
            looks = lib.hasInfix "no such name" (toString config.environment.etc."systemd/system".source);
          }
        );
      }
      // lib.setAttrByPath (if isSmall then [ "networking" "hostName" ] else [ "system" "name" ]) (
        if pkgs.looks then "l" else "m"
      )
    ) "/etc/systemd/system";
    # The complete system alone shows it.
    "the name of the system, made of all units" = ofNixos (
      { config, ... }:
      lib.setAttrByPath (if isSmall then [ "networking" "hostName" ] else [ "system" "name" ]) (
        "l"
        + builtins.substring 0 8 (
          builtins.hashString "sha256" (toString config.environment.etc."systemd/system".source)
        )
      )
    ) "/etc/systemd/system";
    "what is made of dynix's record" = ofNixos (
      { config, ... }:
      {
        environment.etc."copy".source = config.environment.etc."dynix/options.json".source;
      }
    ) "/etc/dynix/options.json";
    "what is made of the unit" = ofNixos (leak "made-of-unit") "bar.service";
    "what is made of the unit, of an option that the unit does not have" =
      case
        (
          { lib, config, ... }:
          {
            imports = [ (leak "made-of-unit") ];
            options.services.bar.unused = lib.mkOption { default = 1; };
          }
        )
        "bar.service"
      // {
        targets = [ "services.bar.unused" ];
      };
    "what is made of the unit, which does not look at the option" =
      case
        (
          { lib, config, ... }:
          {
            imports = [ (leak "made-of-unit") ];
            options.services.bar.unused = lib.mkOption { default = 1; };
          }
        )
        null
      // {
        targets = [ "services.bar.unused" ];
        readable = [ "bar.service" ];
      };
    "what is made of the unit, which may be read" = case (leak "made-of-unit") threads // {
      readable = [ "bar.service" ];
    };
    # It has a text as well.
    "the file of another unit, made of the unit" = case (givenFile (config: config.systemd.units."bar.service".unit)) "bar.service";
    "the file of another unit, made of the option" = case (givenFile (config: config.services.bar.threads)) threads;
    "the folder of all units, in which something else is made of the unit" = ofNixos (
      { config, options, ... }:
      {
        environment.etc."systemd/system".source = lib.mkForce (derivation {
          name = "units";
          system = "any";
          builder = "/bin/sh";
          units = map (unit: unit.unit) (lib.attrValues config.systemd.units);
          more = config.systemd.units."bar.service".unit;
        });
      }
    ) "bar.service";
    "the unit's own file, which is not made of its text" = ofNixos (
      { lib, ... }:
      {
        systemd.units."bar.service" = lib.mkMerge [
          { unit = lib.mkIf false packages.bar; }
        ];
      }
    ) "/etc/systemd/system";
    "the service's own file" = ofNixos (ofFile { }) null;
    "the service's own file, and a unit that names it" = ofNixos (ofFile (
      { config, ... }: foo config.environment.etc."bar.conf".source
    )) "/etc/systemd/system";
    "the service's own file, and a copy of it" = ofNixos (ofFile (
      { config, ... }: { environment.etc."copy.conf".text = config.environment.etc."bar.conf".text; }
    )) "/etc/bar.conf";
    "the service's own file among all that there are" = case (ofFile (
      { config, ... }: { networking.hostName = among config.environment.etc; }
    )) "/etc/bar.conf";
    "the same of a specialisation" = case (ofFile (
      { config, ... }:
      lib.mkMerge [
        { specialisation.one.configuration = { }; }
        (lib.mkIf (config.specialisation != { }) {
          networking.hostName = among config.specialisation.one.configuration.environment.etc;
        })
      ]
    )) "/etc/bar.conf";
    "a specialisation without the service's own file" = case (ofFile (
      { config, ... }:
      lib.mkMerge [
        {
          specialisation.one.configuration = {
            environment.etc = lib.mkForce { };
          };
        }
        (lib.mkIf (config.specialisation != { }) {
          networking.hostName =
            if config.specialisation.one.configuration.environment.etc ? "bar.conf" then "l" else "m";
        })
      ]
    )) null;
    # The static text and no text are alike to it, and other texts are not.
    "the service's own file, whose text decides on the name of the system" = ofNixos (ofFile (
      { config, ... }:
      lib.setAttrByPath (if isSmall then [ "networking" "hostName" ] else [ "system" "name" ]) (
        if lib.hasInfix "threads=9" config.environment.etc."bar.conf".text then "l" else "m"
      )
    )) "/etc/bar.conf";
    "the service's own file, whose place decides on what the system is built by" = case (ofFile (
      { config, ... }:
      {
        system.systemBuilderCommands = toString (
          lib.hasInfix "plain" "${config.environment.etc."bar.conf".source}"
        );
      }
    )) "/etc/bar.conf";
    "whether the service's own file is there" = case (ofFile (
      { config, lib, ... }:
      {
        environment.etc."bar.conf".enable = config.services.bar.threads < 50;
      }
    )) threads;
    "what the service's own file is called" = case (ofFile (
      { config, lib, ... }:
      {
        environment.etc."bar.conf".target = "bar-${toString config.services.bar.threads}";
      }
    )) threads;
    "another unit, a file, a user and the firewall" = ofNixos (leak "value-transfer") threads;
    "the kernel's parameters" = ofNixos (leak "kernel-parameter") threads;
    "a package" = ofNixos (leak "package") threads;
    "a user's own package" = ofNixos (leak "user-package") threads;
    "another unit, a link and an assertion" = ofNixos (leak "own-module") threads;
    "where a condition does not hold" = case (leak "conditional") null;
    "a condition" = case (leak "conditional") "services.bar.limit" // {
      targets = [ "services.bar.limit" ];
    };
    "both of them" = case (leak "conditional") "services.bar.limit" // {
      targets = [
        threads
        "services.bar.limit"
      ];
    };
    "a type" = case (leak "mergeable-type") "services.bar.limit" // {
      targets = [ "services.bar.limit" ];
    };
    "an option of a submodule that has its default" = ofPool "services.bar.pool" { };
    "an option of a submodule with a weak definition" = ofPool "services.bar.pool" {
      services.bar.pool = lib.mkDefault { size = 5; };
    };
    "an option of a submodule with a definition" = ofPool "services.bar.pool.size" {
      services.bar.pool.size = 5;
    };
    "an option of a submodule that another one has by default" = ofOuter "services.bar.outer.pool" { };
    "an option of a submodule with a weak definition in another one" =
      ofOuter "services.bar.outer.pool"
        { pool = lib.mkDefault { size = 5; }; };
    "an option of a submodule with a definition in another one" =
      ofOuter "services.bar.outer.pool.size"
        (lib.mkIf true (lib.mkMerge [ { pool = lib.mkIf true { size = 5; }; } ]));
    "an option of a submodule whose definitions are copied" =
      ofPool "services.bar.pool" (leak "shared-option")
      // {
        meets = "services.bar.pool";
      };
    "copied definitions" = case (leak "shared-option") "services.bar.pool" // {
      targets = [ "services.bar.pool" ];
    };
    "its older name, which nobody reads" = case {
      imports = [ (lib.mkRenamedOptionModule [ "services" "bar" "jobs" ] [ "services" "bar" "threads" ]) ];
    } null;
    "its older name" = case (
      { config, ... }:
      {
        imports = [ (lib.mkRenamedOptionModule [ "services" "bar" "jobs" ] [ "services" "bar" "threads" ]) ];
        systemd.services.foo.serviceConfig.ExecStart = "/bin/foo ${toString config.services.bar.jobs}";
      }
    ) threads;
    "the option behind an older name" =
      case
        (
          { config, ... }:
          {
            imports = [ (lib.mkRenamedOptionModule [ "services" "bar" "jobs" ] [ "services" "bar" "threads" ]) ];
            systemd.services.foo.serviceConfig.ExecStart = "/bin/foo ${toString config.services.bar.threads}";
          }
        )
        "services.bar.jobs"
      // {
        targets = [ "services.bar.jobs" ];
      };
    "a declaration in a second file" = case (
      { lib, config, ... }:
      {
        options.services.bar.threads = lib.mkOption { type = lib.types.int; };
        config = foo config.services.bar.threads;
      }
    ) threads;
    "a second file that declares, and looks at nothing" = case (
      { lib, ... }:
      {
        options.services.bar.threads = lib.mkOption { type = lib.types.int; };
      }
    ) null;
  };

  # What looks at the option, each with the kind of part that is to be named: of the checks by the proof, and of all
  # else by the screening.
  parts = {
    "an assertion with a condition" = {
      kind = "assertion";
      module =
        { config, ... }:
        {
          assertions = lib.mkIf (config.services.bar.threads > 50) [
            {
              assertion = false;
              message = "at most fifty";
            }
          ];
        };
    };
    "a warning with a condition" = {
      kind = "warning";
      module =
        { config, ... }:
        {
          warnings = lib.mkIf (config.services.bar.threads > 50) [ "many" ];
        };
    };
    "another unit" = {
      kind = "unit";
      module = reading ({ config, ... }: config.services.bar.threads);
    };
  };

  asked = (if screen then parts else cases).${name};
  system = (if asked.isWhole or false then wholeSystemOf else systemOf) {
    imports = [
      ./leaks/bar.nix
      asked.module
    ];
  };
  inherit (system.config.dynamicism) certificate;
  targetsOf = import ../certificate/targets.nix {
    inherit lib;
    inherit (system) options;
    services = { inherit (system.config.dynamicism.for) bar; };
  };
  question = {
    options =
      if asked.targets == null then
        assert targetsOf == [ asked.target ];
        targetsOf
      else
        asked.targets;
    inherit (asked) readable;
  };
  whole = certificate.proveWhole question;
in
if name == "" && screen then
  lib.mapAttrs (_: it: it.kind) parts
else if screen && asked.kind == "unit" then
  certificate.screen
else if screen then
  certificate.proveWhole { options = [ threads ]; }
else if name == "" then
  lib.mapAttrs (_: it: { inherit (it) checks meets; }) (
    lib.filterAttrs (_: it: isSmall || it.isOfNixos) cases
  )
else
  {
    whole =
      whole.toplevel
      == builtins.unsafeDiscardStringContext system.config.system.build.toplevel.outPath;
    # Else something that is no part is made of what is neutral.
    readers =
      (certificate.proveReaders question).made == whole.made
      || abort "dynix-canary /etc/systemd/system";
  }
