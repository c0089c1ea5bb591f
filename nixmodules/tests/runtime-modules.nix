# Runtime modules: which lists of them are refused, that a declared module changes nothing, and the system that
# has some of them.
let
  inherit (import ./plans.nix) systemOf;
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  newerLib = builtins.getEnv "DYNIX_NIXPKGS_LIB";
  lib = import ((if newerLib == "" then nixpkgs else newerLib) + "/lib");

  systemWith = systemAnd { };
  systemAnd =
    more: runtimeModules:
    systemOf {
      imports = [
        ../runtime-modules
        more
      ];
      services.runtimeModules = {
        enable = true;
      }
      // runtimeModules;
    };

  complaintsOf =
    modules:
    map (it: it.message) (
      builtins.filter (
        it: !it.assertion && builtins.match "dynix: .*" it.message != null
      ) (systemWith { inherit modules; }).config.assertions
    );
  refuses = modules: message: {
    found = complaintsOf modules;
    wanted = [ "dynix: `services.runtimeModules.modules` ${message}" ];
  };

  service = ./runtime-modules/service.nix;
  named = name: more: {
    inherit name;
    path = service;
  } // more;

  hash = "00000000000000000000000000000000";

  # Every character that a shell, Nix or JSON might make something of.
  hostile = "'; rm -rf / #\"$(id)\${x}`id`\\\n*?~&|<>!";

  three = [
    {
      name = "service";
      path = service;
      description = hostile;
    }
    {
      name = "more";
      imports = [
        { environment.etc."more.conf".text = hostile; }
        { environment.etc."other.conf".text = "other"; }
      ];
      requires = [ "service" ];
      conflicts = [ "throws" ];
    }
    {
      name = "throws";
      path = ./runtime-modules/unreadable.nix;
    }
    {
      name = "asserts";
      path = ./runtime-modules/asserts.nix;
    }
    {
      name = "missing";
      path = "/nowhere/missing.nix";
    }
    {
      name = "hides";
      imports = [ ({ lib, ... }: { services.runtimeModules.enable = lib.mkForce false; }) ];
    }
    {
      name = "elevates";
      imports = [ { services.runtimeModules.elevation = [ "doas" ]; } ];
    }
    {
      name = "pretends";
      imports = [ ({ lib, ... }: { services.runtimeModules.enabled = lib.mkOverride (-2) [ ]; }) ];
    }
    {
      name = "forges";
      imports = [ ({ lib, ... }: { environment.etc."dynix/modules.json".text = lib.mkForce "{}"; }) ];
    }
    {
      name = "declares";
      imports = [
        {
          services.runtimeModules.modules = [
            {
              name = "late";
              path = service;
            }
          ];
        }
      ];
    }
    {
      name = "boots";
      imports = [ { boot.kernelParams = [ "quiet" ]; } ];
    }
    {
      name = "liar";
      imports = [ { services.runtimeModules.enabled = [ "service" ]; } ];
    }
  ];
  # How the base is evaluated, as a module that renames the machine sees it.
  seenByRenaming =
    let
      system =
        systemAnd
          (
            { lib, ... }:
            {
              dynamicism.source.kind = "flake";
              networking.hostName = lib.mkDefault "here";
            }
          )
          {
            flakeUrl = "/etc/nixos";
            modules = [
              {
                name = "renames";
                imports = [
                  (
                    { config, ... }:
                    {
                      networking.hostName = "there";
                      dynamicism.source.flake = "/srv/another";
                      environment.etc."more.conf".text = builtins.toJSON config.dynamicism.source.record;
                    }
                  )
                ];
              }
            ];
          };
      record = builtins.fromJSON (
        builtins.unsafeDiscardStringContext (system.config.services.runtimeModules.extension {
          enabled = [ "renames" ];
        }).record
      );
      entry = builtins.head (builtins.filter (it: it.name == "more.conf") record.differences);
      lines = builtins.filter builtins.isString (builtins.split "\n" entry.extended);
    in
    builtins.fromJSON (builtins.elemAt lines (builtins.length lines - 1));

  none = systemWith { };
  declared = systemWith { modules = three; };
  disabled = systemOf { imports = [ ../runtime-modules ]; };

  recordOf = system: builtins.fromJSON system.environment.etc."dynix/modules.json".text;
  toplevelOf = system: builtins.unsafeDiscardStringContext system.config.system.build.toplevel.drvPath;
  # The system of these modules, with the record of another one.
  withRecordOf =
    other: modules:
    toplevelOf (
      systemAnd (
        { lib, ... }:
        {
          environment.etc."dynix/modules.json" = {
            text = lib.mkForce other.config.environment.etc."dynix/modules.json".text;
            source = lib.mkForce other.config.environment.etc."dynix/modules.json".source;
          };
        }
      ) { inherit modules; }
    );

  extensionOf =
    argument:
    builtins.fromJSON (
      builtins.unsafeDiscardStringContext (declared.config.services.runtimeModules.extension argument).record
    );
  with_ = enabled: extensionOf { inherit enabled; };
  baseOf = system: builtins.unsafeDiscardStringContext (toString system.config.system.build.toplevel);
  differencesOf =
    extension:
    map (it: "${it.kind} ${it.name}") (
      builtins.filter (
        it:
        it.base == null
        && builtins.elem it.name [
          "extra.service"
          "extra.conf"
          "more.conf"
          "other.conf"
          "extra"
        ]
      ) extension.differences
    );
  on = with_ [ "service" ];
in
{
  "a module of a name that is taken" = refuses [
    (named "a" { })
    (named "b" { })
    (named "a" { })
  ] "has several modules of one name: 'a'. Give each a name of its own.";
  "names that are no words" =
    refuses
      (map (name: named name { }) [
        ""
        ".."
        "-f"
        "a b"
        "it's"
        "a\nb"
        "good.name_+-1"
      ])
      "has names that the command line could not take: \"\", \"..\", \"-f\", \"a b\", \"it's\", \"a\\nb\". Use letters, digits and '._+-', with a letter or a digit first.";
  "a module of nothing" = refuses [ { name = "a"; } ] "has modules with nothing in them: 'a'. Set their `path` or `imports`.";
  "unknown names" =
    refuses
      [
        (named "a" {
          requires = [ "b" ];
          conflicts = [ "c" ];
        })
      ]
      "names modules that are not in it: 'b' in `requires` of 'a', 'c' in `conflicts` of 'a'. Add them or correct the names.";
  "modules in a circle" = refuses [
    (named "x" { requires = [ "a" ]; })
    (named "a" { requires = [ "b" ]; })
    (named "b" { requires = [ "c" ]; })
    (named "c" { requires = [ "a" ]; })
  ] "has modules that require each other in a circle: 'a' -> 'b' -> 'c' -> 'a'. Take one `requires` of them away.";
  "a module that requires itself" = refuses [
    (named "a" { requires = [ "a" ]; })
  ] "has modules that require each other in a circle: 'a' -> 'a'. Take one `requires` of them away.";
  "a module that conflicts with what it needs" =
    refuses
      [
        (named "a" { requires = [ "b" ]; })
        (named "b" { requires = [ "c" ]; })
        (named "c" { conflicts = [ "a" ]; })
      ]
      "has modules that could never be on: 'a' needs 'c' and 'a', which conflict. Correct their `requires` or `conflicts`.";
  "what is good is not refused" = {
    found = complaintsOf three;
    wanted = [ ];
  };

  "a declared module changes nothing but the record, and is not read" = {
    found = withRecordOf none three;
    wanted = toplevelOf none;
  };
  "without `enable` there is nothing of it" = {
    found = {
      record = disabled.config.environment.etc ? "dynix/modules.json";
      toplevel = toplevelOf disabled;
    };
    wanted = {
      record = false;
      toplevel = toplevelOf (systemOf { });
    };
  };
  "the record" = {
    found = removeAttrs (recordOf declared.config) [ "modules" ];
    wanted = {
      version = 1;
      source = {
        kind = "file";
        file = "/etc/nixos/system.nix";
        attribute = [ ];
      };
      base = null;
      elevation = [ ];
      enabled = [ ];
    };
  };
  "the modules of the record, in their order" = {
    found = map (it: it // { path = if it.path == null then null else baseNameOf it.path; }) (
      (recordOf declared.config).modules
    );
    wanted = map (it: {
      inherit (it) name;
      path = if it ? path then baseNameOf it.path else null;
      description = it.description or "";
      requires = it.requires or [ ];
      conflicts = it.conflicts or [ ];
    }) three;
  };
  "the path of a module that is in the store is another one whenever anything in its flake is" = {
    found =
      map
        (
          path:
          (builtins.head
            (recordOf
              (systemWith {
                modules = [
                  {
                    name = "a";
                    inherit path;
                  }
                ];
              }).config
            ).modules
          ).path
        )
        [
          "${builtins.storeDir}/${hash}-source/modules/a.nix"
          "${builtins.storeDir}/${hash}-a.nix"
          "/etc/nixos/a.nix"
        ];
    wanted = [
      "modules/a.nix"
      "a.nix"
      "/etc/nixos/a.nix"
    ];
  };
  "a flake by its URL" = {
    found = (recordOf ((systemOf (
      { lib, ... }:
      {
        imports = [ ../runtime-modules ];
        dynamicism.source.kind = "flake";
        services.runtimeModules = {
          enable = true;
          flakeUrl = "/etc/nixos#there";
        };
      }
    )).config)).source;
    wanted = {
      kind = "flake";
      flake = "/etc/nixos";
      attribute = [
        "nixosConfigurations"
        "there"
      ];
    };
  };

  "a system with one module" = {
    found = {
      inherit (on) base enabled problems warnings;
      isAnother = on.toplevel != on.base && on.toplevel != null;
      differences = differencesOf on;
    };
    wanted = {
      base = baseOf declared;
      enabled = [ "service" ];
      problems = [ ];
      warnings = [ ];
      isAnother = true;
      differences = [
        "etc extra.conf"
        "group extra"
        "unit extra.service"
        "user extra"
      ];
    };
  };
  "a unit that is added, with what wants it" = {
    found =
      let
        unit = builtins.head (builtins.filter (it: it.name == "extra.service") on.differences);
        lines = builtins.filter builtins.isString (builtins.split "\n" unit.extended);
      in
      map (line: builtins.elem line lines) [
        "ExecStart=/bin/extra"
        "WantedBy=multi-user.target"
      ];
    wanted = [
      true
      true
    ];
  };
  "the package of a module" = {
    found = builtins.length (
      builtins.filter (
        it: it.kind == "package" && it.base == null && builtins.match "jq.*" it.name != null
      ) on.differences
    );
    wanted = 1;
  };
  "two modules, one of them of several imports, in the order of the list" =
    let
      both = with_ [
        "more"
        "service"
      ];
    in
    {
      found = {
        inherit (both) enabled;
        differences = differencesOf both;
      };
      wanted = {
        enabled = [
          "service"
          "more"
        ];
        differences = [
          "etc extra.conf"
          "etc more.conf"
          "etc other.conf"
          "group extra"
          "unit extra.service"
          "user extra"
        ];
      };
    };
  "the configuration with modules, for what evaluates that" = {
    found =
      let
        inherit (declared.config.services.runtimeModules) extended;
        of = enabled: toString (extended enabled).system.build.toplevel;
      in
      {
        service = builtins.unsafeDiscardStringContext (of [ "service" ]) == on.toplevel;
        none = of [ ] == toString declared.config.system.build.toplevel;
        unknown = (builtins.tryEval (extended [ "nothing" ])).success;
      };
    wanted = {
      service = true;
      none = true;
      unknown = false;
    };
  };
  "no module is the base" = {
    found = { inherit (with_ [ ]) base toplevel differences; };
    wanted = {
      base = baseOf declared;
      toplevel = baseOf declared;
      differences = [ ];
    };
  };
  "a module cannot say which ones are on" = {
    found = (with_ [ "liar" ]).enabled;
    wanted = [ "liar" ];
  };
  "a module cannot say what modules there are" =
    let
      problem = "a runtime module sets `services.runtimeModules`: which modules there are is for the configuration itself to say";
    in
    {
      found = map (name: { inherit (with_ [ name ]) problems toplevel; }) [
        "hides"
        "declares"
        "elevates"
        "pretends"
        "forges"
      ];
      wanted = lib.genList (_: {
        problems = [ problem ];
        toplevel = null;
      }) 5;
    };
  "a module cannot say how the base is evaluated" = {
    found = seenByRenaming;
    wanted = {
      kind = "flake";
      flake = "/etc/nixos";
      attribute = [
        "nixosConfigurations"
        "here"
      ];
    };
  };
  "what takes effect at boot alone" = {
    found = map (it: "${it.kind} ${it.name}") (with_ [ "boots" ]).differences;
    wanted = [ "boot kernel-params" ];
  };
  "the kernel, its modules and the initrd are what takes effect at boot, too; a container has none" = {
    found = map (import ../runtime-modules/at-boot.nix lib) [
      {
        boot.kernelParams = [
          "a"
          "b"
        ];
        system.build = {
          kernel.outPath = "/kernel";
          initialRamdisk.outPath = "/initrd";
        };
        system.modulesTree = [
          { outPath = "/kernel"; }
          { outPath = "/driver"; }
        ];
      }
      {
        boot.kernelParams = [ ];
        system.build = { };
      }
    ];
    wanted = [
      {
        initrd = "/initrd";
        kernel = "/kernel";
        kernel-modules = "/kernel /driver";
        kernel-params = "a b";
      }
      { kernel-params = ""; }
    ];
  };
  "another base than the one that runs: nothing is built" = {
    found = extensionOf {
      enabled = [ "throws" ];
      runningBase = "/nix/store/another";
    };
    wanted = {
      version = 1;
      base = baseOf declared;
      enabled = [ "throws" ];
      problems = [ ];
      warnings = [ ];
      toplevel = null;
      differences = [ ];
    };
  };
  "the base that runs" = {
    found = (extensionOf {
      enabled = [ "service" ];
      runningBase = baseOf declared;
    }).toplevel == on.toplevel;
    wanted = true;
  };
  "a module that asserts" = {
    found = { inherit (with_ [ "asserts" ]) problems toplevel; };
    wanted = {
      problems = [ "not here" ];
      toplevel = null;
    };
  };
  "modules that are not there" = {
    found =
      (with_ [
        "nothing"
        "missing"
      ]).problems;
    wanted = [
      "there is no runtime module 'nothing' in `services.runtimeModules.modules`"
      "runtime module 'missing': '/nowhere/missing.nix' does not exist"
    ];
  };
}
