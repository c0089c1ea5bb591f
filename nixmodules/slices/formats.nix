# `formats` of nixpkgs, over the packages of a slice. To ask for it is to evaluate nixpkgs, and what it does with packages
# is to call functions that write a text (./writers.nix). So nixpkgs' own file is evaluated again, and called as
# pkgs/top-level/all-packages.nix calls it: with nixpkgs' lib, and in the place of the packages those of the slice. It is
# done only where `formats`, and what that is called with, is nixpkgs' own. What is kept for it:
#
#   packages   the names of those that it is called with; it is another one with which something was added to these
#              (`pkgs // { … }`)
#   config     of nixpkgs, as ./values.nix keeps it
#   arguments  the names of what `callPackage` gives to functions, where these are the packages of that name
#   files      by set, empty for all packages, and by path in nixpkgs, what `callPackage` makes of files
{ lib }:

let
  values = import ./values.nix { inherit lib; };
  inherit (import ./functions.nix { inherit lib; }) isBelow;

  fileOf = root: "${root}/pkgs/pkgs-lib/default.nix";
  libOf = root: import "${root}/lib";
  inSet = pkgs: set: if set == "" then pkgs else pkgs.${set};
  namesOfBuild = pkgs: pkgs // { recurseForDerivations = null; };

  # Over `packages`, where `was` is what these are in the place of; the rest is said by ./grow.nix, or was kept:
  of =
    {
      root,
      was,
      packages,
      config,
      # Whether it is called with the package of this name.
      isPackage,
      # Whether a function is called with the packages of these names.
      areArguments,
      # What is made of a file, in the place of what `callPackage` of that set makes of it.
      called,
    }:
    let
      callIn =
        set: function: given:
        let
          does = (inSet was set).callPackage function given;
          file = toString function;
        in
        if lib.isFunction function then
          if set == "" && areArguments (lib.attrNames (lib.functionArgs function)) then
            (libOf root).callPackageWith packages function given
          else
            does
        else if given == { } && lib.hasPrefix "${root}/" file then
          called set (lib.removePrefix "${root}/" file) does
        else
          does;
    in
    (import (fileOf root) {
      lib = libOf root;
      pkgs = lib.mapAttrs (name: it: if isPackage name then it else was.pkgs.${name}) packages // {
        inherit config;
        callPackage = callIn "";
        buildPackages = lib.mapAttrs (name: _: was.buildPackages.${name}) (namesOfBuild packages) // {
          callPackage = callIn "buildPackages";
        };
      };
    }).formats;
in
rec {
  # Whether it is made so.
  isOfNixpkgs =
    root: pkgs:
    let
      isOfTop = isBelow root "pkgs/top-level" pkgs;
      file = fileOf root;
    in
    isOfTop "formats"
    && lib.all isOfTop [
      "buildPackages"
      "callPackage"
      "config"
      "lib"
      "newScope"
      "pkgs"
    ]
    && isBelow root "pkgs/pkgs-lib" pkgs.formats "json"
    # What it was called with is seen in what it gives.
    && isBelow root "lib" (pkgs.formats.json { }).type "check"
    && builtins.pathExists file
    && builtins.functionArgs (import file) == {
      lib = false;
      pkgs = false;
    }
    && lib.attrNames pkgs.buildPackages == lib.attrNames (namesOfBuild pkgs);

  # With what is said of all that it looks at besides packages:
  #
  #   ["config",NAME]      a part of the configuration of nixpkgs
  #   ["arguments",NAMES]  what functions are called with
  #   ["file",SET,PATH]    a file that is called
  watch =
    root: was: packages: say:
    of {
      inherit root was packages;
      config = lib.mapAttrs (name: say [ "config" name ]) was.config;
      isPackage = _: true;
      areArguments = names: say [ "arguments" names ] true;
      called = set: path: say [ "file" set path ];
    };

  # What is kept of these, or null; `looked` are the names of the packages that are looked at.
  keep =
    root: pkgs: looked: said:
    let
      nth = builtins.elemAt;
      kind = name: map lib.tail (lib.filter (it: lib.head it == name) said);
      given =
        names:
        (pkgs.callPackage (lib.setFunctionArgs (arguments: { inherit arguments; }) (
          lib.genAttrs names (_: false)
        )) { }).arguments;
      # A function is equal to itself alone. What is built with, for a system of another platform, has more attributes.
      isIn =
        others: name:
        let
          one = builtins.intersectAttrs { ${name} = null; };
          namesIn = set: if builtins.isAttrs set.${name} then lib.attrNames set.${name} else [ ];
          # Of some packages it is only asked whether they evaluate.
          tried = builtins.tryEval (
            pkgs ? ${name}
            && others ? ${name}
            && one others == one pkgs
            && namesIn others == namesIn pkgs
          );
        in
        tried.success && tried.value;
      found = {
        packages = lib.filter (isIn pkgs.pkgs) looked;
        config.a = lib.mapAttrs (
          name: value: if lib.elem [ name ] (kind "config") then values.keep value else null
        ) pkgs.config;
        arguments = lib.filter (name: isIn (given [ name ]) name) (lib.unique (lib.concatMap lib.head (kind "arguments")));
        files = lib.mapAttrs (
          set: files:
          lib.genAttrs (map (it: nth it 1) files) (
            path: values.keepPackage ((inSet pkgs set).callPackage "${root}/${path}" { })
          )
        ) (lib.groupBy lib.head (kind "file"));
      };
      isSame =
        lib.attrNames (restore root pkgs pkgs (builtins.fromJSON (builtins.toJSON found)))
        == lib.attrNames pkgs.formats;
    in
    if isOfNixpkgs root pkgs && isSame then found else null;

  restore =
    root: was: packages: kept:
    let
      isPackage = lib.genAttrs kept.packages (_: null);
    in
    of {
      inherit root was packages;
      config = values.restore was.config kept.config;
      isPackage = name: isPackage ? ${name};
      areArguments = lib.all (name: lib.elem name kept.arguments);
      called =
        set: path: does:
        values.restore does kept.files.${set}.${path} or null;
    };
}
