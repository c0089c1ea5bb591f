# A service with settings of every kind that has priorities inside, and some without. Its unit shows them all.
{ config, lib, ... }:

let
  inherit (lib) mkOption types;
  cfg = config.services.bar;
  settings =
    type:
    mkOption {
      inherit type;
      description = "Settings.";
      default = {
        a = 1;
        b = 2;
        inner = {
          x = 1;
          y = 2;
        };
      };
    };
in
{
  options.services.bar = {
    anything = settings types.anything;
    json = settings types.json;
    nested = settings (types.attrsOf (types.either types.int (types.attrsOf types.int)));
    freeform = settings (
      types.submodule {
        freeformType = types.json;
        options.a = mkOption {
          type = types.int;
          default = 7;
          description = "A number.";
        };
        options.derived = mkOption {
          type = types.int;
          default = cfg.freeform.a * 10;
          description = "Ten times that.";
        };
      }
    );
    # Converted, and changed once more by the option.
    converted = mkOption {
      type = types.attrsOf (types.coercedTo types.int toString types.str);
      default.a = 1;
      default.b = 2;
      apply = lib.mapAttrs (_: text: "<${text}>");
      description = "Numbers as text.";
    };
    whole = settings types.attrs;
    # With a way of its own to put definitions together.
    custom = settings (
      lib.mkOptionType {
        name = "custom";
        check = lib.isAttrs;
        merge = _: lib.foldl' (all: one: lib.recursiveUpdate all one.value) { };
      }
    );
  };

  config = {
    systemd.services.bar.serviceConfig.ExecStart = "/bin/bar ${builtins.toJSON cfg}";
    dynamicism.enable = true;
    dynamicism.for.bar = {
      enable = true;
      options = [ "services.bar" ];
      units = [ "bar.service" ];
    };
  };
}
