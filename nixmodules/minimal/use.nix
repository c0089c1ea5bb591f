# A system that is evaluated with a list that `dynix modules needed --write` has written, as long as the key of the
# list is that of the configuration. ./README.md says what is in the key.
#
#   flake:  nixosConfigurations.here = dynix.lib.withModuleList {
#             inherit nixpkgs; list = ./here.module-list.nix; configuration = self;
#           } { system = "x86_64-linux"; modules = [ ./configuration.nix ]; };
#   else:   import dynix/nixmodules/minimal/use.nix { nixpkgs = <nixpkgs>; list = ./here.module-list.nix; }
#             { modules = [ ./configuration.nix ]; }
{
  nixpkgs,
  # Missing until it is written for the first time.
  list,
  # The folder of which any change may change the system.
  configuration ? dirOf list,
  # What the system can be called with from outside (`--arg`), by name: values that JSON has. A list that was written
  # for others is not used.
  arguments ? { },
  lib ? nixpkgs.lib or (import (nixpkgs + "/lib")),
  evalConfig ? nixpkgs.lib.nixosSystem or (import (nixpkgs + "/nixos/lib/eval-config.nix")),
  # "known": the list for the configuration it was written for, all modules for any other. "verify": both, and an
  # error where they differ, for CI. "list": the list, whatever it was written for; what it lacks is an error that
  # names the module, but a module outside of it that would have had an effect goes unnoticed. "all": no list.
  mode ? "known",
}:
given:
let
  modulesPath = nixpkgs + "/nixos/modules";
  minimal = import ./. { inherit nixpkgs lib evalConfig; };
  read = import list;
  written =
    if !builtins.pathExists list then
      null
    else if read.version != 1 then
      throw "dynix: '${toString list}' has version ${toString read.version}, and this dynix reads version 1"
    else
      read;
  toplevel = system: system.config.system.build.toplevel.drvPath;

  all = evalConfig ({ inherit lib; } // given);
  short = minimal.evalMinimal (given // {
    moduleList = written.modules;
    index = null;
  });
  checked = minimal.evalMinimal (given // { moduleList = written.modules; });
  lacks = lib.filter (
    it: it.file != null && it.declaredBy != [ ] && !lib.hasPrefix (toString modulesPath + "/") it.file
  ) checked.undeclared;
  # Where the modules are given: the file counts as all in the folder, and what it is called with must be known.
  file = (builtins.unsafeGetAttrPos "modules" given).file or "";
  isFlake = configuration ? outPath;
  known =
    if isFlake || lib.hasPrefix "${toString configuration}/" file then
      import ./key.nix {
        inherit arguments configuration nixpkgs;
        others = lib.optionals (!isFlake) (
          import ./arguments.nix {
            attribute = [ ];
            value = import (/. + file);
          }
        );
      }
    else
      {
        key = null;
        because = "the modules are given in no file of the folder of the configuration";
      };
  # In a flake the list is in the store here.
  again = "run 'dynix modules needed --write ${
    if lib.hasPrefix (builtins.storeDir + "/") (toString list) then
      baseNameOf list + "' in the folder of the configuration"
    else
      "${toString list}'"
  }";

  isKnown =
    written != null
    && written.key != ""
    && written.key == known.key
    && toplevel short == written.result;
  chosen =
    if mode == "all" then
      all
    else if mode == "known" then
      (
        if isKnown then
          short
        else
          builtins.trace (
            if written == null then
              "dynix: there is no module list '${toString list}' yet, all modules are used: ${again}"
            else if known.key == null then
              "dynix: no module list can be relied on, all modules are used: ${known.because}"
            else
              "dynix: the module list is for another configuration or nixpkgs, all modules are used: ${again}"
          ) all
      )
    else if written == null then
      throw "dynix: there is no module list '${toString list}': ${again}"
    else if mode == "verify" then
      (
        if toplevel short == toplevel all then
          short
        else
          throw "dynix: with the module list '${toString list}' the system is another one than with all modules: ${again}"
      )
    else if mode == "list" then
      (
        if lacks == [ ] then
          checked
        else
          throw (
            lib.concatMapStringsSep "\n" (
              it:
              "dynix: `${lib.showOption it.option}' is defined in `${it.file}', and the module list lacks ${lib.concatStringsSep " and " it.declaredBy}: ${again}"
            ) lacks
          )
      )
    else
      throw "dynix: the mode of a module list is one of known, verify, list and all, not '${mode}'";
in
# Which attributes there are does not depend on what is chosen, because that depends on what the file is that this is
# evaluated in, a function or not: with this system alone in it, on itself.
{
  inherit lib;
}
// lib.mapAttrs (name: _: chosen.${name}) all
// {
  # For `dynix modules`: what is in the key of its list.
  moduleListArguments = arguments;
}
