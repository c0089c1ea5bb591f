# What runtime modules leave in the system: the program, and /etc/dynix/modules.json with what it needs to know.
# The record of the system that runs says which modules are on.
{ config, lib, ... }:

let
  cfg = config.services.runtimeModules;
  # To be shown: nothing of a module belongs to the base. Of a path in the store, as every one of a flake is, without
  # the hash, which is another one whenever anything else in the flake is.
  shown =
    path:
    let
      whole = builtins.unsafeDiscardStringContext (toString path);
      below = lib.removePrefix "${builtins.storeDir}/" whole;
      inFolder = builtins.match "[^/]+/(.+)" below;
      byItself = builtins.match "[a-z0-9]{32}-(.+)" below;
    in
    if path == null then
      null
    else if below == whole then
      whole
    else if inFolder != null then
      lib.head inFolder
    else if byItself != null then
      lib.head byItself
    else
      below;
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
