# Plans as the activation script of a dynamic file has them, and what they change.
rec {
  # A system with the services' modules of ../../vmtests/nixpkgs. All of them have the same packages, which
  # would be most of the work if each evaluated its own.
  systemOf = systemOfGeneration "today";
  systemOfGeneration =
    generation: configuration:
    import ../../vmtests/nixpkgs {
      inherit generation;
      configuration.imports = [
        configuration
        ({ lib, ... }: { _module.args.pkgs = lib.mkOverride (-1) packages; })
      ];
    };
  packages = (import ../../vmtests/nixpkgs { configuration = { }; })._module.args.pkgs;

  # The bar of ./leaks is a dynamic service of this one.
  systemWithBar =
    configuration:
    systemOf {
      imports = [
        ./leaks/bar.nix
        configuration
      ];
    };

  # The services that have a file in ../dynamicism/services, all dynamic.
  ownServices = {
    dynamicism.enable = true;
    dynamicism.for = {
      distccd.enable = true;
      gotosocial.enable = true;
      harmonia.enable = true;
    };
    services.distccd.enable = true;
    services.gotosocial = {
      enable = true;
      setupPostgresqlDB = true;
      settings.host = "gotosocial-machine.local";
    };
    services.harmonia.enable = true;
  };

  # The plan.json of a system and a dynamic file.
  planOf = planVerifiedBy "quick";

  planVerifiedBy = verify: planWith { inherit verify; };

  planWith =
    more: system: dynamicFile:
    builtins.fromJSON (
      builtins.unsafeDiscardStringContext
        (system.config.dynamicism.applyDynamicConfiguration (
          {
            configuration = dynamicFile;
            hideValues = false;
          }
          // more
        )).plan
    );

  # For every unit that changes: the lines that only its dynamic text has, without the hashes of store paths.
  changesOf =
    plan:
    let
      linesOf = text: builtins.filter builtins.isString (builtins.split "\n" text);
      withoutHashes =
        line:
        builtins.concatStringsSep "" (
          builtins.filter builtins.isString (builtins.split "${builtins.storeDir}/[a-z0-9]{32}-" line)
        );
      changed =
        unit:
        let
          static = linesOf unit.static;
        in
        map withoutHashes (builtins.filter (line: !builtins.elem line static) (linesOf unit.dynamic));
      units = builtins.concatMap (service: service.units) plan.services;
    in
    builtins.listToAttrs (
      builtins.concatMap (
        unit:
        if unit.static == unit.dynamic then
          [ ]
        else
          [
            {
              inherit (unit) name;
              value = changed unit;
            }
          ]
      ) units
    );
}
