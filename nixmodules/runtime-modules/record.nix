# What runtime modules leave in the system: the program, and /etc/dynix/modules.json with what it needs to know.
# The record of the system that runs says which modules are on.
{ config, lib, ... }:

let
  cfg = config.services.runtimeModules;
  # To be shown, and read when the module is turned on: nothing of a module belongs to the base.
  shown = path: if path == null then null else builtins.unsafeDiscardStringContext (toString path);
in
{
  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];

    environment.etc."dynix/modules.json".text = builtins.toJSON {
      version = 1;
      source = config.dynamicism.source.record;
      inherit (cfg) base elevation enabled;
      modules = map (module: {
        inherit (module)
          conflicts
          description
          name
          requires
          ;
        path = shown module.path;
      }) cfg.modules;
    };
  };
}
