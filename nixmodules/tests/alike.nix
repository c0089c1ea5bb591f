# Machines that are evaluated together (../slices/alike.nix): each is the system that it is by itself, or the
# evaluation ends.
{
  # Empty: what each case is to give.
  name,
}:
let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  newerLib = builtins.getEnv "DYNIX_NIXPKGS_LIB";
  lib = import ../../vmtests/nixpkgs/lib.nix {
    inherit nixpkgs;
    nixpkgsLib = if newerLib == "" then null else newerLib;
  };
  minimal = import ../minimal {
    nixpkgs = /. + nixpkgs;
    inherit lib;
  };
  isSmall = builtins.pathExists (nixpkgs + "/nixos/modules/proxy.nix");
  evaluate =
    modules:
    minimal.evalMinimal {
      system = "x86_64-linux";
      modules = base ++ modules;
      moduleList =
        if isSmall then
          minimal.allModules
        else
          minimal.minimalModuleList ++ [ "services/web-servers/nginx/default.nix" ];
      index = null;
    };
  base = [
    {
      boot.isContainer = true;
      documentation.enable = false;
      services.nginx.enable = true;
      _module.check = lib.mkForce isSmall;
    }
    (
      { config, ... }:
      {
        options.said = lib.mkOption {
          type = lib.types.str;
          default = "";
        };
        options.made = lib.mkOption { type = lib.types.raw; };
        config.boot.kernelParams = [ config.said ];
        config.systemd.services.said.environment.SAID = builtins.trace "dynix-test said" config.said;
        config.systemd.services.said.serviceConfig.ExecStart = "/bin/said";
      }
    )
  ];
  named = name: {
    networking.hostName = name;
    systemd.services.own = {
      description = "The unit of ${name}";
      serviceConfig.ExecStart = "/bin/${name}";
    };
  };
  hosts = lib.genAttrs [ "a" "b" "c" "d" ] named;

  answers = lib.mapAttrs (
    _: system: [
      system.config.system.build.toplevel.drvPath
      system.config.systemd.units."said.service".text
      system.config.systemd.units."own.service".text
    ]
  );
  same =
    {
      modules ? [ ],
      machines ? hosts,
      more ? { },
    }:
    {
      gives.has = true;
      value =
        answers (
          import ../slices/alike.nix (
            {
              inherit lib machines;
              system = evaluate modules;
            }
            // more
          )
        ) == answers (lib.mapAttrs (_: machine: evaluate (modules ++ [ machine ])) machines);
    };
  ends = words: given: same given // { gives.ends = words; };
  saying = what: { modules = [ (args@{ config, options, extendModules, ... }: { said = what args; }) ]; };
  host = it: it.config.networking.hostName;

  # What a module makes of a name that it can evaluate or not; of that the names or the elements are read.
  caught = type: made: {
    modules = [
      (
        { config, ... }:
        let
          inner = if builtins.isList config.probe then config.probe else lib.attrNames config.probe;
        in
        {
          options.probe = lib.mkOption { type = type lib.types.str; };
          config.probe = made (!(builtins.tryEval config.networking.hostName).success);
          config.said = config.networking.hostName + toString inner;
        }
      )
    ];
  };

  # Not an error, as with a list that lacks modules.
  unchecked = {
    _module.check = lib.mkOverride 10 false;
  };
  # They differ in what no module declares, too.
  undeclaring = hosts // {
    b = hosts.b // {
      services.gone.enable = true;
    };
    c = hosts.c // {
      services.gone.port = 1;
      gone = "c";
    };
  };

  # Two options have one value that is made of functions.
  comparing =
    made:
    let
      value = made {
        run = it: it;
        number = 1;
      };
      option = lib.mkOption {
        type = lib.types.raw;
        default = value;
      };
    in
    {
      modules = [
        (
          { config, ... }:
          {
            options.one = option;
            options.other = option;
            config.said = config.networking.hostName + (if config.one == config.other then "same" else "other");
          }
        )
      ];
    };

  cases = {
    "names, and a unit of one's own" = same { };
    "a module that counts those that a specialisation would be made of" = same {
      modules = [
        (
          { config, modules, ... }:
          {
            said = config.networking.hostName + toString (lib.length modules);
          }
        )
      ];
    };
    "what all say" = same (saying (_: "always"));
    "what depends on the name" = same (saying host);
    "what depends on it for some" = same (saying (it: if host it == "b" then "b" else ""));
    "what depends on another one's unit" = same (
      saying (it: it.config.systemd.services.own.description)
    );
    "what depends on the names of all units" = same (
      saying (it: toString (lib.attrNames it.config.systemd.services))
    );
    "a function" = same {
      modules = [
        (
          { config, ... }:
          {
            made = _: config.networking.hostName;
            said = config.made null;
          }
        )
      ];
    };
    "two options with the same functions" = same (comparing (functions: functions));
    "a set and a list of the same functions" = same (
      comparing (functions: {
        inner = functions;
        list = [ functions.run ];
      })
    );
    "through options" = same (
      saying (it: it.options.networking.hostName.value + toString it.options.networking.hostName.highestPrio)
    );
    "an option that is said or not" = same {
      modules = [ ({ options, ... }: { said = toString options.networking.hostName.isDefined; }) ];
      machines = hosts // { e.systemd.services.own.serviceConfig.ExecStart = "/bin/e"; };
    };
    "through what extends the system" = same (
      saying (
        it:
        (it.extendModules {
          modules = [ { networking.hostName = lib.mkForce "extended"; } ];
        }).config.systemd.units."own.service".text
      )
    );
    "what all have, of what extends the system" = same (
      saying (
        it:
        toString (
          lib.attrNames
            (it.extendModules {
              modules = [ { systemd.services.more.serviceConfig.ExecStart = "/bin/more"; } ];
            }).config.systemd.units
        )
      )
    );
    "files that all have" = same {
      modules = [ ({ config, ... }: { environment.etc.said.text = config.networking.hostName; }) ];
    };
    "files that are called like the machine" = same {
      modules = [ ({ config, ... }: { environment.etc.${config.networking.hostName}.text = "said"; }) ];
    };
    "priorities, and what is on for some" = same {
      machines = lib.mapAttrs (
        name: machine:
        machine
        // {
          networking.hostName = lib.mkForce name;
          services.nginx.enable = lib.mkForce (name == "a" || name == "b");
        }
      ) hosts;
    };
    "conditions, lists and what is merged" = same {
      machines = lib.mapAttrs (
        name: machine: {
          config = lib.mkMerge [
            machine
            {
              networking.firewall = {
                enable = true;
                allowedTCPPorts = lib.mkIf (name != "c") [ (lib.stringLength name + 80) ];
              };
              boot.kernelParams = lib.mkBefore [ name ];
            }
          ];
        }
      ) hosts;
    };
    "definitions of what no module declares" = same {
      modules = [ unchecked ];
      machines = undeclaring;
    };
    "and a machine of which they are an error" = ends "gone' does not exist" {
      modules = [ unchecked ];
      machines = undeclaring // {
        c = undeclaring.c // {
          _module.check = lib.mkOverride 5 true;
        };
      };
    };
    "packages of one's own" = same {
      machines = lib.mapAttrs (
        name: machine: machine // { nixpkgs.overlays = [ (_: _: { own = name; }) ]; }
      ) hosts;
      modules = [ ({ pkgs, ... }: { said = pkgs.own or ""; }) ];
    };
    "a module that catches what is thrown" = ends "dynix: what was found to be the same for all machines is not" (
      saying (it: if (builtins.tryEval (host it)).success then host it else "caught")
    );
    "a list of a module that catches what is thrown" =
      ends "dynix: what was found to be the same for all machines is not"
        (caught lib.types.listOf (isCaught: if isCaught then [ ] else [ "on" ]));
    "a set of a module that catches what is thrown" =
      ends "dynix: what was found to be the same for all machines is not"
        (caught lib.types.attrsOf (isCaught: if isCaught then { } else { on = "on"; }));
    "an import" =
      ends "dynix: `imports' of the machine 'a' is no definition of an option: it can only be in what all machines have in common"
        { machines = hosts // { a.imports = [ ]; }; };
    "a machine that is a function" =
      ends "dynix: `function' of the machine 'a' is no definition of an option: it can only be in what all machines have in common"
        { machines = hosts // { a = _: named "a"; }; };
    "a mistyped option" = ends "networking.hostNam' does not exist" {
      machines = lib.mapAttrs (name: machine: machine // { networking.hostNam = name; }) hosts;
    };
    "names of what is no set" = ends "dynix: `networking.hostName' is no set of which names can be the same" {
      more.sameNames = [ [ "networking" "hostName" ] ];
    };
  };
in
if name == "" then lib.mapAttrs (_: it: it.gives) cases else cases.${name}.value
