# Systems with fewer modules than nixpkgs has: that they are the same, and that what is missing is named.
let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  newerLib = builtins.getEnv "DYNIX_NIXPKGS_LIB";
  lib = import ../../vmtests/nixpkgs/lib.nix {
    inherit nixpkgs;
    nixpkgsLib = if newerLib == "" then null else newerLib;
  };
  minimal = import ../minimal {
    nixpkgs = /. + nixpkgs;
    inherit lib;
  };
  isSmall = builtins.pathExists (nixpkgs + "/nixos/modules/proxy.nix");
  # Modules that both trees have, by their names in each.
  nginx = if isSmall then "nginx.nix" else "services/web-servers/nginx/default.nix";
  base =
    if isSmall then
      [
        "etc.nix"
        "packages.nix"
        "systemd.nix"
        "system.nix"
      ]
    else
      minimal.minimalModuleList;
  # One that the lists here leave out, and its option.
  other = if isSmall then "proxy.nix" else "services/databases/memcached.nix";
  otherName = if isSmall then "proxy" else "memcached";
  otherOption = [
    "services"
    otherName
    "enable"
  ];

  machine = {
    boot.isContainer = true;
    documentation.enable = false;
    networking.hostName = "small";
  };
  # And one that has a boot loader and a root file system.
  booting = {
    documentation.enable = false;
    boot.loader.grub.device = "nodev";
    fileSystems."/" = {
      device = "/dev/vda1";
      fsType = "ext4";
    };
  };
  shapes = [ machine ] ++ lib.optional (!isSmall) booting;
  whole =
    modules:
    import (nixpkgs + "/nixos/lib/eval-config.nix") {
      inherit lib modules;
      system = builtins.currentSystem;
    };
  small =
    more: modules:
    minimal.evalMinimal (
      {
        inherit modules;
        moduleList = base;
        system = builtins.currentSystem;
      }
      // more
    );
  toplevel = system: system.config.system.build.toplevel.drvPath;
  fails = value: !(builtins.tryEval value).success;

  set = path: value: { config = lib.setAttrByPath path value; };
  withOther = small { } [
    machine
    (set otherOption true)
  ];
  # Modules are named in both ways, one option is the user's own, and an import needs an argument.
  grown = small { specialArgs.name = "given"; } [
    machine
    nginx
    (
      { modulesPath, name, ... }:
      {
        imports = [
          (modulesPath + "/${other}")
          { networking.hostName = lib.mkForce name; }
        ];
        options.services.own.enable = lib.mkEnableOption "one's own";
        config.services.own.enable = true;
        config.services.nginx.enable = true;
        config.services.${otherName}.enable = true;
      }
    )
  ];
  aside =
    system:
    map (it: {
      inherit (it) option declaredBy;
    }) (lib.filter (it: it.option == otherOption) system.undeclared);
  asks =
    question:
    { options, ... }:
    {
      networking.hostName = lib.mkForce (if question options then "yes" else "no");
    };
  # What newer systems declare.
  checks = {
    options.system = lib.optionalAttrs (!((whole [ machine ]).options.system ? preSwitchChecks)) {
      preSwitchChecks = lib.mkOption {
        type = lib.types.attrsOf lib.types.str;
        default = { };
      };
    };
  };
  program.options.dynamicism.package = lib.mkOption {
    type = lib.types.str;
    default = "/dynix";
  };
  verified =
    more:
    whole (
      [
        machine
        ../minimal/pre-switch-check.nix
        { moduleList.verifyBeforeSwitch = "/etc/it's.module-list.nix"; }
      ]
      ++ more
    );
  reader =
    { config, ... }:
    {
      networking.hostName = lib.mkForce "read-${toString (lib.getAttrFromPath otherOption config)}";
    };
in
{
  "the same system with fewer modules" = {
    found = map (shape: toplevel (small { } [ shape ])) shapes;
    wanted = map (shape: toplevel (whole [ shape ])) shapes;
  };
  "and when nothing is known of the others" = {
    found = toplevel (small { index = null; } [ machine ]);
    wanted = toplevel (whole [ machine ]);
  };
  "the whole list is one too" = {
    found = map toString minimal.allModules;
    wanted = map toString (import (nixpkgs + "/nixos/modules/module-list.nix"));
  };
  "a module named relative to nixos/modules, and by modulesPath" = {
    found = grown.config.services.nginx.enable && grown.config.services.${otherName}.enable;
    wanted = true;
  };
  "an option of one's own is no mistyped one" = {
    found = grown.config.services.own.enable;
    wanted = true;
  };
  "arguments that imports need" = {
    found = grown.config.networking.hostName;
    wanted = "given";
  };
  "the index knows who declares" = {
    found = lib.getAttrFromPath otherOption minimal.index;
    wanted = [ other ];
  };
  "a definition of what no loaded module declares is kept aside" = {
    found = aside withOther;
    wanted = [
      {
        option = otherOption;
        declaredBy = [ other ];
      }
    ];
  };
  "and the rest is evaluated" = {
    found = withOther.config.networking.hostName;
    wanted = "small";
  };
  "reading what no loaded module declares ends the evaluation" = {
    found = fails (small { } [
      machine
      reader
    ]).config.networking.hostName;
    wanted = true;
  };
  "also where a default stands beside it" = {
    found = fails (small { } [
      machine
      (
        { config, ... }:
        {
          networking.hostName = lib.mkForce (
            if config.services.${otherName}.enable or false then "a" else "b"
          );
        }
      )
    ]).config.networking.hostName;
    wanted = true;
  };
  "and whether it is there is answered as with all modules" = {
    found = lib.hasAttrByPath otherOption withOther.config;
    wanted = true;
  };
  "a mistyped option is an error" = {
    found = map (path: fails (small { } [ machine (set path true) ]).config.networking.hostName) [
      [
        "services"
        otherName
        "enabel"
      ]
      [
        "networking"
        "hostNam"
      ]
      [
        "sevices"
        "nginx"
      ]
    ];
    wanted = [
      true
      true
      true
    ];
  };
  "also where its condition does not hold, or reads what no loaded module declares" = {
    found = map (condition: fails (small { } [ machine condition ]).config.networking.hostName) [
      { services.${otherName} = lib.mkIf false { enabel = true; }; }
      (
        { config, ... }:
        {
          config = lib.mkIf (lib.getAttrFromPath otherOption config) { services.${otherName}.enabel = true; };
        }
      )
    ];
    wanted = [
      true
      true
    ];
  };
  "a list is verified before a switch" = {
    found =
      (verified [
        checks
        program
      ]).config.system.preSwitchChecks.moduleList;
    wanted = "/dynix/bin/dynix modules verify '/etc/it'\\''s.module-list.nix'";
  };
  "which needs the program" = {
    found = fails (verified [ checks ]).config.system.preSwitchChecks.moduleList;
    wanted = true;
  };
  "and is refused where a switch has no such checks" = {
    found = lib.length (
      lib.filter (it: !it.assertion && lib.hasInfix "verifyBeforeSwitch" it.message) (verified [ program ]).config.assertions
    );
    wanted = if (whole [ machine ]).options.system ? preSwitchChecks then 0 else 1;
  };
  "whether an option is declared or defined is answered as with all modules" = {
    found = map toString [
      (small { } [
        machine
        (asks (options: lib.hasAttrByPath otherOption options))
      ]).config.networking.hostName
      (small { } [
        machine
        (set otherOption true)
        (asks (options: (lib.getAttrFromPath otherOption options).isDefined))
      ]).config.networking.hostName
    ];
    wanted = [
      "yes"
      "yes"
    ];
  };
}
