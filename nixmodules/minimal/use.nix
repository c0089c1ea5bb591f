# A system that is evaluated with a list that `dynix modules needed --write` has written, as long as the key of the
# list is that of the system. ./README.md says what is in the key.
#
#   flake:  nixosConfigurations.here = dynix.lib.withModuleList {
#             inherit nixpkgs; list = ./here.module-list.nix; configuration = self;
#             attribute = [ "nixosConfigurations" "here" ];
#           } { system = "x86_64-linux"; modules = [ ./configuration.nix ]; };
#   else:   import dynix/nixmodules/minimal/use.nix { nixpkgs = <nixpkgs>; list = ./here.module-list.nix; }
#             { modules = [ ./configuration.nix ]; }
{
  nixpkgs,
  # Missing until it is written for the first time.
  list,
  # The folder of which any change may change the system, or the flake.
  configuration ? dirOf list,
  # Where this system is in the flake, by names. It has to be said where modules or other arguments of the system are
  # functions or have some in them, as `inputs` of a flake: only of data it can be seen whether they are the same.
  attribute ? null,
  # Another one is relied on where a file gives it, by its path.
  lib ? nixpkgs.lib or (import (nixpkgs + "/lib")),
  evalConfig ? nixpkgs.lib.nixosSystem or (import (nixpkgs + "/nixos/lib/eval-config.nix")),
  # "known": the list for the system it was written for, all modules for any other. "verify": both, and an
  # error where they differ, for CI. "list": the list, whatever it was written for; what it lacks is an error that
  # names the module, but a module outside of it that would have had an effect goes unnoticed. "all": no list.
  mode ? "known",
}@how:
given:
let
  givenLib = lib;
in
let
  lib = if builtins.isPath givenLib then import givenLib else givenLib;
  modulesPath = nixpkgs + "/nixos/modules";
  minimal = import ./. { inherit nixpkgs lib evalConfig; };
  isThere = builtins.pathExists list;
  # Where a link leads, no Nix says before it is read.
  isFolder =
    isThere
    && (builtins.readDir (dirOf list)).${
      builtins.unsafeDiscardStringContext (baseNameOf (toString list))
    } or "" == "directory";
  folder = "'${toString list}' is a folder, and no module list";
  inherit (import ./sum.nix (builtins.readFile list)) isSummed isWhole;
  read = import list;
  isOfVersion = read.version or null == 1;
  otherVersion = "is not a module list of version 1, which this dynix reads";
  # Nix is not given a damaged one to read, which would end it. One that was written by hand has no sum.
  written =
    if !isThere then
      throw "dynix: there is no module list '${toString list}': ${again}"
    else if isFolder then
      throw "dynix: ${folder}"
    else if isSummed && !isWhole then
      throw "dynix: the module list '${toString list}' is damaged: ${again}"
    else if !isOfVersion then
      throw "dynix: '${toString list}' ${otherVersion}"
    else
      read;
  toplevel = system: system.config.system.build.toplevel.drvPath;

  all = evalConfig ({ inherit lib; } // given);
  listed =
    more:
    minimal.evalMinimal (
      given
      // {
        moduleList = written.modules;
        whole = all;
      }
      // more
    );
  short = listed { index = null; };
  checked = listed { };
  lacks = lib.filter (
    it: it.file != null && it.declaredBy != [ ] && !lib.hasPrefix (toString modulesPath + "/") it.file
  ) checked.undeclared;
  # This call and no other, as a member that is compared by where it is in memory.
  call.of = _: given;
  known = import ./key.nix {
    inherit configuration list nixpkgs;
    system = import ./given.nix {
      inherit
        attribute
        call
        configuration
        given
        how
        lib
        nixpkgs
        ;
    };
  };
  isFlake = configuration ? outPath;
  isImpure = isFlake && builtins ? currentSystem;
  # In a flake the list is in the store here.
  again = "run 'dynix modules needed --write ${
    if lib.hasPrefix (builtins.storeDir + "/") (toString list) then
      lib.removePrefix "${toString (configuration.sourceInfo.outPath or configuration)}/" (toString list) + "' in the folder of the flake"
    else
      "${toString list}'"
  }";

  hasKey = written.key != "" && written ? names && written.key == known.key;
  # What was compared is of the list. All else is of all modules, because others may read any option of the system:
  # another system of the flake, or what builds another output. Which names there are was written down, as it takes
  # all modules to know.
  compared =
    all
    // {
      config = named "config" all.config {
        system = named "system" all.config.system {
          build = named "build" all.config.system.build {
            inherit (short.config.system.build) toplevel;
          };
        };
      };
    };
  named = of: were: changed: lib.genAttrs written.names.${of} (name: were.${name}) // changed;
  # Why it cannot even be looked at; null: it can.
  unreadable =
    if !isThere then
      "there is no module list '${toString list}' yet${lib.optionalString isFlake " (or git does not know it: 'git add')"}"
    else if isFolder then
      folder
    else if !isWhole then
      "the module list '${toString list}' is not as this 'dynix modules needed' writes it: it is of an older one, was edited, or is damaged"
    else if !isOfVersion then
      "'${toString list}' ${otherVersion}"
    else
      null;
  # Why the list is not used; null: it is.
  unused =
    if unreadable != null then
      unreadable
    # What a list was written for is known of the pure evaluation. Another one has the environment, for which also the
    # functions of inputs may ask.
    else if isImpure then
      "the module list of a flake holds for its pure evaluation, and this one is impure"
    else if known.key == null then
      "no module list can be relied on: ${known.because}"
    else if written.because or "" != "" then
      "the module list holds for nothing that can be known again: ${written.because}"
    else if !hasKey then
      "the module list is for another system, configuration or nixpkgs"
    else if toplevel short != written.result then
      "with the module list the system is not the one that the list was written for"
    else
      null;
  chosen =
    if mode == "all" then
      all
    else if mode == "known" then
      (
        if unused == null then
          compared
        else
          builtins.trace "dynix: ${unused}; all modules are used${
            lib.optionalString (unreadable != null && !isFolder || !isImpure && known.key != null) ": ${again}"
          }" all
      )
    else if mode == "verify" then
      (
        if toplevel short == toplevel all then
          all
        else
          throw "dynix: with the module list '${toString list}' the system is another one than with all modules: ${again}"
      )
    else if mode == "list" then
      (
        if lacks == [ ] then
          (
            if hasKey then
              checked
            else
              builtins.trace "dynix: the module list is not known to be enough for this system, which `mode = \"verify\"' tells: a module that it lacks may have an effect" checked
          )
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
# Which attributes there are does not depend on what is chosen, because that depends on what this is an attribute of.
{
  inherit lib;
}
// lib.mapAttrs (name: _: chosen.${name}) all
// {
  # For ./given.nix and `dynix modules`.
  moduleListCall = call;
  moduleListMode = mode;
  moduleListWhole = all;
  moduleListKey = known;
  moduleListNames = {
    config = lib.attrNames all.config;
    system = lib.attrNames all.config.system;
    build = lib.attrNames all.config.system.build;
  };
  moduleListUnused = unused;
}
