# How a system says where it is evaluated from: the record of a flake, by what `dynamicism.source.flake` is.
let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  newerLib = builtins.getEnv "DYNIX_NIXPKGS_LIB";
  lib = import ((if newerLib == "" then nixpkgs else newerLib) + "/lib");

  anything = names: lib.genAttrs names (_: lib.mkOption { type = lib.types.anything; });

  # As much of NixOS as the record needs.
  systemOf =
    source:
    lib.evalModules {
      modules = [
        ../dynamicism/source.nix
        ../dynamicism/system.nix
        {
          options = anything [ "assertions" "environment" "networking" "systemd" ] // {
            dynamicism = anything [ "enable" "package" "dynamicFile" "for" ];
          };
          config = {
            _module.args.pkgs.path = "/nixpkgs";
            networking.hostName = "here";
            dynamicism = {
              inherit source;
              enable = true;
              package = "/dynix";
              dynamicFile = "/etc/nixos/dynamic.nix";
              for = { };
            };
          };
        }
      ];
    };
  systemRecordOf =
    source: builtins.fromJSON (systemOf source).config.environment.etc."dynix/system.json".text;
  recordOf = source: (systemRecordOf source).source;
  # The files that an option of a system is declared in, as its schema names them.
  declarationsBy =
    source:
    let
      system = lib.evalModules {
        modules = [
          {
            _file = "${builtins.storeDir}/00000000000000000000000000000000-source/modules/a.nix";
            options.a = lib.mkOption { type = lib.types.str; };
          }
          {
            options.dynamicism = anything [ "source" ];
            config.dynamicism.source.kind = source;
            config.a = "x";
          }
        ];
      };
    in
    (import ../dynamicism/schema/tree.nix {
      inherit (system) config options;
      inherit lib;
      dynamic.it = [ "a" ];
    }).options.a.declarations;
  refusals =
    source:
    map (it: it.message) (lib.filter (it: !it.assertion) (systemOf source).config.assertions);

  isFlake = flake: attribute: {
    wanted = {
      kind = "flake";
      inherit flake;
      attribute = [ "nixosConfigurations" ] ++ attribute;
    };
  };
in
{
  "a folder" = isFlake "/etc/nixos" [ "here" ] // {
    found = recordOf { flake = "/etc/nixos"; };
  };
  # They may have other names in the next evaluation of the flake.
  "a system of a flake names none of the folders that it is made of" = {
    found = {
      flake = (systemRecordOf { flake = "/etc/nixos"; }).roots;
      file = builtins.head (systemRecordOf { file = "/etc/nixos/system.nix"; }).roots;
    };
    wanted = {
      flake = [ ];
      file = "/nixpkgs";
    };
  };
  "nor are they in what its schema says of options" = {
    found = map declarationsBy [
      "flake"
      "file"
    ];
    wanted = [
      [ "modules/a.nix" ]
      [ "${builtins.storeDir}/00000000000000000000000000000000-source/modules/a.nix" ]
    ];
  };
  "a name behind it" = isFlake "/etc/nixos" [ "there" ] // {
    found = recordOf { flake = "/etc/nixos#there"; };
  };
  "a query and a name with dots" = isFlake "/etc/nixos?ref=stable" [ "there.example.org" ] // {
    found = recordOf { flake = "/etc/nixos?ref=stable#there.example.org"; };
  };
  "a name between quotes" = isFlake "/etc/nixos" [ "a.b" ] // {
    found = recordOf { flake = "/etc/nixos#\"a.b\""; };
  };
  "the whole path of an attribute" = isFlake "git+file:///etc/nixos?dir=x" [ "a" ] // {
    found = recordOf { flake = "git+file:///etc/nixos?dir=x#nixosConfigurations.a"; };
  };
  "a path that depends on who reads it" = {
    found = map refusals [
      { configuration = "configuration.nix"; }
      { nixpkgs = "<nixpkgs>"; }
      { file = "~/system.nix"; }
      { kind = "file"; }
      {
        file = "/etc/nixos/system.nix";
        configuration = "not/asked/for.nix";
      }
      { configuration = "/etc/nixos/configuration.nix"; }
    ];
    wanted =
      let
        saying = name: value: [
          "dynix: `dynamicism.source.${name}` is '${value}', which depends on where and by whom it is read. Set it to an absolute path."
        ];
      in
      [
        (saying "configuration" "configuration.nix")
        (saying "nixpkgs" "<nixpkgs>")
        (saying "file" "~/system.nix")
        (saying "file" "")
        [ ]
        [ ]
      ];
  };
  "an attribute of one's own goes before" = {
    found = recordOf {
      flake = "/etc/nixos#there";
      attribute = [ "hosts" ];
    };
    wanted = {
      kind = "flake";
      flake = "/etc/nixos";
      attribute = [ "hosts" ];
    };
  };
  "a path that says something else to everybody" = {
    found = map (flake: builtins.length (refusals { inherit flake; })) [
      "."
      "./x#a"
      "~/nixos"
      "/etc/nixos#a"
      "github:a/b"
    ];
    wanted = [
      1
      1
      1
      0
      0
    ];
  };
  "a flake without a name for it" = {
    found = refusals { kind = "flake"; };
    wanted = [
      "dynix: `dynamicism.source.kind` is 'flake', but no flake is named. Set `dynamicism.source.flake`, as to \"/etc/nixos\"."
    ];
  };
}
