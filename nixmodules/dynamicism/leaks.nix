# What a dynamic file changes outside of the units that a plan acts on: its leaks.
#
# They are found in what ./compared.nix sees of both systems, and told line by line.
{
  lib,
  # Both evaluations: `config` and `options`.
  static,
  dynamic,
  # The dynamic evaluation with one more module.
  extend,
  # ./compared.nix
  compared,
  verify,
}:

let
  inherit (compared) subjects packages;
  linesOf = lib.concatStringsSep "\n";

  # Stronger than what any entry of a dynamic file has.
  asStatic = lib.mkOverride (-1000000000);

  # The dynamic configuration with that put back to static which is meant to differ, so that nothing made of it
  # differs either. Never the planned units themselves: what else is made of them, such as a copy in /etc or the
  # restart trigger of another unit, differs after a rebuild.
  neutral = extend ({ inherit environment; } // checks);
  environment = {
    etc = {
      # what NixOS makes of the units, which are compared by themselves,
      "systemd/system".source = asStatic static.config.environment.etc."systemd/system".source;
    }
    # dynix's own records,
    // lib.genAttrs (lib.filter (name: static.config.environment.etc ? ${name}) compared.records) (name: {
      source = asStatic static.config.environment.etc.${name}.source;
      text = asStatic static.config.environment.etc.${name}.text;
    });
    # and the packages, which are compared by themselves too: half of the system refers to the path they make.
    systemPackages = asStatic static.config.environment.systemPackages;
  };
  # What is built to see whether a configuration is right is no part of the system, and an apply has it built.
  checks = lib.optionalAttrs (static.config.system ? checks) {
    system.checks = asStatic static.config.system.checks;
  };
  # For the whole, the planned files too: what else is made of them is found before, where it is one of the parts. And
  # the commands that name the systems of specialisations, which an apply leaves as they are: they name the static ones.
  neutralWhole =
    if compared.plannedEtc == [ ] && specialised == { } then
      neutral
    else
      extend {
        imports = lib.optional (specialised != { }) (
          specialisations.insteadOfCommands withStaticOnes.config
        );
        config = checks // {
          environment = environment // {
            etc =
              environment.etc
              // lib.genAttrs compared.plannedEtc (name: {
                source = asStatic static.config.environment.etc.${name}.source;
                text = asStatic static.config.environment.etc.${name}.text;
              });
          };
        };
      };
  specialisations = import ./specialisations.nix {
    inherit lib;
    inherit (static) options;
  };
  specialised = specialisations.of static.config;
  withStaticOnes = extend (
    specialisations.instead (name: specialised.${name}.configuration.system.build.toplevel)
  );

  # Lines of a text that another one has not; what is shown of a difference.
  shown =
    text: than:
    if text == null then
      null
    else if than == null then
      ""
    else
      linesOf (lib.take 8 (lib.subtractLists (lib.splitString "\n" than) (lib.splitString "\n" text)));

  compare =
    kind: before: after:
    map (it: {
      inherit kind;
      inherit (it) name;
      static = shown it.was it.is;
      dynamic = shown it.is it.was;
    }) (compared.differences before after);

  parts = lib.concatLists (
    lib.mapAttrsToList (kind: of: compare kind (of static) (of neutral)) subjects
  );
  # What NixOS makes of the units is neutral there. Where a planned unit differs, so does what is made of it.
  folder = import ./unit-folder.nix {
    inherit lib;
    inherit (compared) planned;
  };
  folderOf = { config, ... }: folder.textOf config config.systemd.units;
  fileOf = { config, ... }: unit: toString config.systemd.units.${unit}.unit;
  differs = unit: fileOf static unit != fileOf dynamic unit;
  folders = lib.optional (
    folderOf static != folderOf dynamic || lib.any differs (folder.twiceIn (folderOf dynamic))
  ) {
    kind = "etc";
    inherit (folder) name;
    static = folderIn static;
    dynamic = folderIn dynamic;
  };
  folderIn =
    { config, ... }:
    builtins.unsafeDiscardStringContext (toString config.environment.etc.${folder.name}.source);

  toplevel = { config, ... }: builtins.unsafeDiscardStringContext config.system.build.toplevel.drvPath;
  # What no part shows, such as the kernel's parameters and the activation scripts, shows in the whole.
  whole = lib.optional (toplevel static != toplevel neutralWhole) {
    kind = "system";
    name = "toplevel";
    static = toplevel static;
    dynamic = toplevel neutralWhole;
  };

  ofPackages = compare "package" (packages static) (packages dynamic);
  # Units are made of those too.
  isElsewhereSame = parts == [ ] && ofPackages == [ ];
in
parts
++ ofPackages
++ lib.optionals (verify == "full") (lib.optionals isElsewhereSame folders ++ lib.optionals (parts == [ ]) whole)
