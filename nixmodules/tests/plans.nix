# Plans as the activation script of a dynamic file has them, and what they change.
let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  modulesOfNixos = /. + nixpkgs + "/nixos/modules";
  few = builtins.filter builtins.pathExists (
    map (name: modulesOfNixos + "/${name}") (import ../minimal/minimal-module-list.nix)
  );
  isSmall = baseNameOf nixpkgs == "small-nixpkgs";
  withFew = {
    # What the others declare is defined too.
    ${if isSmall then null else "baseModules"} = few ++ [ { _module.check = false; } ];
  };
  system =
    more: configuration:
    import ../../vmtests/nixpkgs (
      more
      // {
        configuration.imports = [
          configuration
          ({ lib, ... }: { _module.args.pkgs = lib.mkOverride (-1) packages; })
        ];
      }
    );
  # All systems have the same packages, which would be most of the work if each evaluated its own.
  packages = (import ../../vmtests/nixpkgs (withFew // { configuration = { }; }))._module.args.pkgs;
in
rec {
  inherit packages;
  # A system with the services' modules of ../../vmtests/nixpkgs, and of NixOS the modules that every machine needs: a
  # tenth of all, with which a case takes half the time.
  systemOf = system withFew;
  # With all modules of NixOS.
  wholeSystemOf = system { };
  # And with the services' modules of another generation.
  systemOfGeneration = generation: system { inherit generation; };

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
