# A small system with one of everything that a schema tells, for options.json beside this file.
{ lib, tree }:

let
  inherit (lib) mkOption types;

  format = types.json;

  system = lib.evalModules {
    modules = [
      (lib.mkRenamedOptionModule
        [ "services" "cache" "settings" ]
        [ "services" "cache" "server" "settings" ]
      )
      (lib.mkAliasOptionModule [ "services" "store" ] [ "services" "cache" "server" ])
      {
        options.warnings = mkOption { type = types.listOf types.str; };
        options.services = {
          cache = {
            enable = lib.mkEnableOption "the cache";
            server = {
              settings = mkOption {
                type = format;
                default = { };
                description = "What goes into the configuration file.";
              };
              workers = mkOption {
                type = types.nullOr types.ints.positive;
                default = null;
              };
              level = mkOption {
                type = types.enum [
                  "error"
                  "info"
                  "debug"
                ];
                default = "info";
              };
              secret = mkOption {
                type = types.str;
                default = "computed";
                readOnly = true;
              };
              wiring = mkOption {
                type = types.int;
                default = 1;
                internal = true;
              };
              broken = mkOption {
                type = types.str;
                default = throw "nobody may look at it";
              };
              undefined = mkOption { type = types.str; };
            };
          };
          web = {
            hosts = mkOption {
              default = { };
              type = types.attrsOf (
                types.submodule (
                  { name, ... }:
                  {
                    options = {
                      root = mkOption {
                        type = types.nullOr types.path;
                        default = null;
                      };
                      listen = mkOption {
                        default = [ ];
                        type = types.listOf (
                          types.submodule {
                            options = {
                              port = mkOption {
                                type = types.port;
                                description = "Where to listen.";
                              };
                              tls = mkOption {
                                type = types.bool;
                                default = false;
                              };
                            };
                          }
                        );
                      };
                      log.level = mkOption {
                        type = types.str;
                        default = "info";
                      };
                      id = mkOption {
                        type = types.str;
                        default = name;
                        readOnly = true;
                      };
                    };
                  }
                )
              );
            };
            settings = mkOption {
              default = { };
              type = types.submodule {
                freeformType = format;
                options.port = mkOption {
                  type = types.port;
                  default = 80;
                };
                options.log.level = mkOption {
                  type = types.enum [
                    "low"
                    "high"
                  ];
                  default = "low";
                };
              };
            };
            extra = mkOption {
              type = types.attrs;
              default = { };
            };
            aliases = mkOption {
              type = types.listOf types.str;
              default = [ ];
            };
            limit = mkOption {
              type = types.nullOr (types.attrsOf types.int);
              default = null;
            };
            banner = mkOption {
              type = types.lines;
              default = "";
            };
            weight = mkOption {
              type = types.float;
              default = 1.5;
            };
            hook = mkOption {
              type = types.functionTo types.str;
              default = _: "";
            };
            enable = lib.mkEnableOption "the web server";
          };
          "odd.name".value = mkOption {
            type = types.int;
            default = 0;
          };
        };
        config.services.cache.server.settings = {
          bind = "[::]:5000";
          tls.key = null;
        };
      }
    ];
  };
in
import tree {
  inherit lib;
  inherit (system) options config;
  dynamic = {
    # An old name.
    cache = [
      "services.store.level"
      "services.cache.server.workers"
      "services.cache.server.secret"
      "services.cache.server.wiring"
      "services.cache.server.broken"
      "services.cache.server.undefined"
      "services.cache.settings"
      "services.gone.option"
    ];
    web = [
      "services.web.hosts"
      "services.web.settings.port"
      "services.web.settings.log"
      "services.web.extra"
      "services.web.aliases"
      "services.web.limit"
      "services.web.banner"
      "services.web.weight"
      "services.web.hook"
      ''services."odd.name"''
    ];
  };
}
