# How this system was evaluated, so that `dynix apply` can evaluate it again without being told.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.dynamicism.source;
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
      example = "/etc/nixos";
      description = ''
        The flake that has this system. Set it when the system is built from a flake: nothing in a pure
        evaluation knows where the flake came from.
      '';
    };

    attribute = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = lib.optionals (cfg.kind == "flake") [
        "nixosConfigurations"
        config.networking.hostName
      ];
      defaultText = lib.literalExpression ''
        lib.optionals (kind == "flake") [ "nixosConfigurations" config.networking.hostName ]
      '';
      example = [ "myMachine" ];
      description = ''
        Where in the {option}`file` or {option}`flake` this system stands, name by name; empty for the whole.
      '';
    };
  };
}
