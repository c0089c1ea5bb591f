# How this system was evaluated, so that `dynix apply` can evaluate it again without being told.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.dynamicism.source;
  pathOf = import ./schema/path.nix { inherit lib; };

  # `/etc/nixos#host` as nixos-rebuild takes it: the flake, and which of its systems.
  fragment =
    let
      parts = lib.optionals (cfg.flake != null) (lib.splitString "#" cfg.flake);
    in
    lib.concatStringsSep "#" (lib.drop 1 parts);
  # One name, as nixos-rebuild has it, or the whole path of an attribute, as nix has it.
  attributeOfFragment =
    let
      path = pathOf fragment;
    in
    if lib.take 1 path == [ "nixosConfigurations" ] then
      path
    else
      [
        "nixosConfigurations"
        (if lib.length path == 1 then lib.head path else fragment)
      ];
  # By dynix, or for runtime modules.
  isRecorded = config.dynamicism.enable || config.services.runtimeModules.enable or false;
  # Where nixos-rebuild looks without a flag; not found in a pure evaluation.
  fromNixPath = builtins.tryEval (toString <nixos-config>);
in
{
  options.dynamicism.source = {
    kind = lib.mkOption {
      type = lib.types.enum [
        "configuration"
        "file"
        "flake"
      ];
      default =
        if cfg.flake != null then
          "flake"
        else if cfg.file != null then
          "file"
        else
          "configuration";
      defaultText = lib.literalMD "by which of {option}`flake` and {option}`file` is set";
      description = ''
        Which of the three ways of {command}`nixos-rebuild` leads to this system: a configuration and a
        nixpkgs, a file ({command}`--file`), or a flake ({command}`--flake`).
      '';
    };

    nixpkgs = lib.mkOption {
      type = lib.types.str;
      default = toString pkgs.path;
      defaultText = lib.literalExpression "toString pkgs.path";
      description = "The nixpkgs of a system of kind `configuration`.";
    };

    configuration = lib.mkOption {
      type = lib.types.str;
      default = if fromNixPath.success then fromNixPath.value else "/etc/nixos/configuration.nix";
      defaultText = lib.literalMD "`<nixos-config>`, else {file}`/etc/nixos/configuration.nix`";
      description = "The configuration of a system of kind `configuration`.";
    };

    file = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "/etc/nixos/system.nix";
      description = "The file that evaluates to this system, or to a set that has it at {option}`attribute`.";
    };

    flake = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "/etc/nixos#host";
      description = ''
        The flake that has this system, as {command}`nixos-rebuild --flake` takes it. Set it when the system is
        built from a flake: nothing in a pure evaluation knows where the flake came from.

        An absolute path is read as the command line of Nix reads it: in a repository of git it stands for what
        git tracks, never for what git ignores; links are followed; it may be a folder of the repository; and it
        may have a query, as `/etc/nixos?ref=stable`. `#name` behind it chooses the system.
      '';
    };

    roots = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      example = [ "/srv/shared-modules" ];
      description = ''
        Files and folders that the configuration reads besides nixpkgs, dynix's modules and what stands beside
        its own file. {command}`dynix certify` lets Nix read no other, and what it proves holds as long as none
        of them changes.
      '';
    };

    attribute = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default =
        if cfg.kind != "flake" then
          [ ]
        else if fragment != "" then
          attributeOfFragment
        else
          [
            "nixosConfigurations"
            config.networking.hostName
          ];
      defaultText = lib.literalMD ''
        for a flake `[ "nixosConfigurations" name ]`, with the name behind its `#`, else
        {option}`networking.hostName`; otherwise empty
      '';
      example = [ "myMachine" ];
      description = ''
        Where in the {option}`file` or {option}`flake` this system stands, name by name; empty for the whole.
        It goes before what stands behind the `#` of a flake.
      '';
    };

    record = lib.mkOption {
      type = lib.types.raw;
      readOnly = true;
      internal = true;
      default = {
        inherit (cfg) kind;
      }
      // {
        configuration = { inherit (cfg) nixpkgs configuration; };
        file = { inherit (cfg) file attribute; };
        flake = {
          # What is behind the '#' is the attribute.
          flake = lib.head (lib.splitString "#" (toString cfg.flake));
          inherit (cfg) attribute;
        };
      }
      .${cfg.kind};
      defaultText = lib.literalMD "the options above";
      description = "All of it, as the files below {file}`/etc/dynix` have it.";
    };
  };

  config.assertions = lib.optionals (isRecorded && cfg.kind != "flake") (
    map
      (name: {
        assertion = lib.hasPrefix "/" (toString cfg.${name});
        message = "dynix: `dynamicism.source.${name}` is '${toString cfg.${name}}', which depends on where and by whom it is read. Set it to an absolute path.";
      })
      (
        if cfg.kind == "file" then
          [ "file" ]
        else
          [
            "nixpkgs"
            "configuration"
          ]
      )
  )
  ++ lib.optionals (isRecorded && cfg.kind == "flake") [
    {
      assertion = cfg.flake != null;
      message = "dynix: `dynamicism.source.kind` is 'flake', but no flake is named. Set `dynamicism.source.flake`, as to \"/etc/nixos\".";
    }
    {
      assertion = cfg.flake == null || builtins.match "[.~].*" cfg.flake == null;
      message = "dynix: `dynamicism.source.flake` is '${toString cfg.flake}', which depends on where and by whom it is read. Set it to an absolute path, as \"/etc/nixos\", or to a URL.";
    }
  ];
}
