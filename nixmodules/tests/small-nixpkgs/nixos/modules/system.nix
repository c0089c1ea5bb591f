# What else dynix's modules and the fixtures know of a system, and the whole of it as one derivation.
{
  config,
  extendModules,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkOption types;
  option = type: default: description: mkOption { inherit type default description; };
  firewall = config.networking.firewall;
  ofSpecialisations =
    line:
    lib.concatStrings (
      lib.mapAttrsToList (name: it: line name it.configuration.system.build.toplevel) config.specialisation
    );
  ofSpecialisation = {
    inheritParentConfig = option types.bool true "Whether this one is part of it.";
    configuration = option types.raw { } "What else is." // {
      apply = module: (extendModules { modules = [ module { specialisation = lib.mkForce { }; } ]; }).config;
    };
  };
in
{
  # Its older name, which everything that lists options has, too.
  imports = [
    (lib.mkRenamedOptionModule
      [ "system" "extraSystemBuilderCmds" ]
      [ "system" "systemBuilderCommands" ]
    )
  ];

  options = {
    assertions = option (types.listOf types.unspecified) [ ] "What must be true.";
    warnings = option (types.listOf types.str) [ ] "What a user should know.";
    documentation.enable = option types.bool true "Whether there are manuals.";
    nix.nixPath = option (types.listOf types.str) [ ] "Where Nix looks for files in angle brackets.";
    boot.isContainer = option types.bool false "Whether another system has the kernel.";
    boot.bootspec.writer = option types.lines "" "What writes down how to boot it.";
    boot.kernelParams = option (types.listOf types.str) [ ] "The kernel's command line.";
    networking.hostName = option types.str "nixos" "How it is called.";
    networking.firewall.enable = option types.bool false "Whether there is a firewall.";
    networking.firewall.allowedTCPPorts = option (types.listOf types.port) [ ] "What it lets through.";
    specialisation = option (types.attrsOf (types.submodule { options = ofSpecialisation; })) { } "Systems beside it.";
    system.systemBuilderCommands = option types.lines "" "What else the system is made by.";
    system.checks = option (types.listOf types.unspecified) [ ] "What is built to see whether all is right.";
    system.build = option (types.lazyAttrsOf types.unspecified) { } "What is built of it.";
  };

  config = {
    systemd.services.firewall = lib.mkIf firewall.enable {
      serviceConfig.ExecStart = "/bin/firewall ${toString firewall.allowedTCPPorts}";
    };
    boot.bootspec.writer = ofSpecialisations (name: system: "${name} ${system}/boot.json\n");
    system.systemBuilderCommands = ofSpecialisations (
      name: system: "ln -s ${system} $out/specialisation/${name}\n"
    );
    system.build.etc = derivation {
      name = "etc";
      inherit (pkgs.stdenv.hostPlatform) system;
      builder = "/bin/sh";
      files = builtins.toJSON (
        lib.mapAttrs (_: it: "${it.target} ${it.source}") (
          lib.filterAttrs (_: it: it.enable) config.environment.etc
        )
      );
    };
    system.build.toplevel = derivation {
      name = "nixos-system-${config.networking.hostName}";
      inherit (pkgs.stdenv.hostPlatform) system;
      builder = "/bin/sh";
      content = builtins.toJSON {
        inherit (config.boot) kernelParams;
        checks = map toString config.system.checks;
        commands = config.system.systemBuilderCommands;
        writer = config.boot.bootspec.writer;
        etc = config.system.build.etc.outPath;
        packages = map toString config.environment.systemPackages;
        users = config.users;
      };
    };
  };
}
