# Systems by a list in a file: the same as with all modules, all modules, or an error. Never another system. With
# small-nixpkgs alone; that a list is taken for the configuration that it was written for is tools/dynix/tests/module_list.py.
let
  nixpkgs = ./small-nixpkgs;
  lib = import (nixpkgs + "/lib");

  modules = [
    {
      networking.hostName = "listed";
      services.nginx.enable = true;
    }
  ];
  # The proxy adds to the unit of nginx and to the firewall, of which the list has both.
  withProxy = modules ++ [ { services.proxy.enable = true; } ];
  hidden = modules ++ [ ./lists/quiet-proxy.nix ];

  systemOf =
    list: mode: modules:
    (import ../minimal/use.nix {
      inherit
        lib
        nixpkgs
        list
        mode
        ;
      configuration = ./lists;
    })
      { inherit modules; };
  short = ./lists/short.module-list.nix;
  all =
    modules:
    toplevel (
      import (nixpkgs + "/nixos/lib/eval-config.nix") {
        inherit lib modules;
      }
    );
  toplevel = system: system.config.system.build.toplevel.drvPath;
  throws = value: !(builtins.tryEval value).success;
in
{
  "a list is not taken on trust where nixpkgs may change" = {
    found = lib.attrNames (systemOf short "known" modules).options.services;
    wanted = [
      "nginx"
      "proxy"
    ];
  };
  "without a list all modules are used" = {
    found = toplevel (systemOf ./lists/none.module-list.nix "known" withProxy);
    wanted = all withProxy;
  };
  "a folder in its place is none" = {
    found = toplevel (systemOf ./lists "known" withProxy);
    wanted = all withProxy;
  };
  "and that cannot be verified" = {
    found = map (list: throws (toplevel (systemOf list "verify" modules))) [
      ./lists/none.module-list.nix
      ./lists
    ];
    wanted = [
      true
      true
    ];
  };
  "a list that is enough is verified" = {
    found = toplevel (systemOf short "verify" modules);
    wanted = all modules;
  };
  "and all else is that of all modules" = {
    found = lib.attrNames (systemOf short "verify" modules).options.services;
    wanted = [
      "nginx"
      "proxy"
    ];
  };
  "one that is not enough is an error" = {
    found = map (modules: throws (toplevel (systemOf short "verify" modules))) [
      withProxy
      hidden
    ];
    wanted = [
      true
      true
    ];
  };
  "a configuration that has grown lacks a module" = {
    found = map (modules: throws (toplevel (systemOf short "list" modules))) [
      withProxy
      hidden
    ];
    wanted = [
      true
      true
    ];
  };
  "one that has not is taken as it is" = {
    found = toplevel (systemOf short "list" modules);
    wanted = all modules;
  };
  "all modules after all" = {
    found = toplevel (systemOf short "all" withProxy);
    wanted = all withProxy;
  };
  "a module system that is too old is refused" = {
    found =
      let
        listOf =
          lib:
          (import ../minimal {
            inherit lib nixpkgs;
          }).minimalModuleList;
      in
      map (lib: throws (listOf lib)) [
        lib
        (
          lib
          // {
            evalModules = given: lib.recursiveUpdate (lib.evalModules given) { options._definedNames = [ ]; };
          }
        )
      ];
    wanted = [
      false
      true
    ];
  };
  "a list of a newer dynix and a mode that there is not are refused" = {
    found = [
      (throws (toplevel (systemOf ./lists/newer.module-list.nix "list" modules)))
      (throws (toplevel (systemOf short "trust" modules)))
    ];
    wanted = [
      true
      true
    ];
  };
  "a list that is not as it was written is not used" = {
    found = toplevel (systemOf ./lists/newer.module-list.nix "known" withProxy);
    wanted = all withProxy;
  };
  "of a flake in a folder of its repository all files of that count" = {
    found =
      let
        keyOf =
          repository:
          (import ../minimal/key.nix {
            nixpkgs = builtins.storeDir + "/nixpkgs";
            list = ./lists/short.module-list.nix;
            system.text = "here";
            configuration = {
              outPath = toString ./lists;
              sourceInfo.outPath = toString repository;
            };
          }).key;
      in
      keyOf ./lists != keyOf ./priorities;
    wanted = true;
  };
}
