# A slice of a system, evaluated: a few of its modules, and in the place of what the others declare and define,
# values or what ends the evaluation.
{
  lib,
  # ./modules.nix
  parts,
}:
{
  # The names of the modules of NixOS.
  live,
  # What no module of these declares, options and groups of options: a set of values, within sets where they are in a
  # group that is declared.
  stubs,
  # What others define too: [ { path; value; isPlain; } … ], plain where the option has no `apply`.
  pins,
  # Sets of which others define some: [ { path; keys = { name = value; … }; own; } … ], of options that have no `apply`;
  # `own` gives values in the place of those that are defined here, as a function of what these modules make of it.
  elements,
  # In the place of these options in `options`, a function of the path; and such a set for the stubs.
  declaration,
  stubDeclarations,
  # Modules of NixOS of which the assertions and warnings are left out, as they are of all others.
  unchecked ? [ ],
  # What the modules have in the place of the packages, a function of these.
  packages ? same: same,
  # Modules behind them all.
  more ? [ ],
}:

let
  strong = lib.mkOverride (-1000000000);

  treeOf = import ./tree.nix { inherit lib; };

  rest = {
    _file = ./evaluate.nix;
    options = treeOf (it: lib.mkOption { inherit (it) apply; }) (
      map (it: {
        inherit (it) path;
        apply = _: it.value;
      }) (lib.filter (it: it.isPlain) pins)
      # The elements are no definitions: they need not be put together.
      ++ map (it: {
        inherit (it) path;
        apply = ours: ours // it.keys // (it.own or (_: { })) ours;
      }) elements
    );
    config = lib.mkMerge (
      map (it: lib.setAttrByPath it.path (strong it.value)) (lib.filter (it: !it.isPlain) pins)
      ++ [
        {
          _module.check = strong false;
          _module.args = {
            # Of the slice, they are not what they are of the system.
            extendModules = strong (abort "dynix-slice extendModules");
            moduleType = strong (abort "dynix-slice moduleType");
          };
        }
      ]
    );
  };

  checks = [
    "assertions"
    "warnings"
  ];
  # What it is declared as is the same as in the system, and who defines it is not.
  declared = import ./declared.nix;
  hidden = treeOf (it: [
    (
      node:
      lib.mapAttrs (name: inner: if lib.elem name declared then inner else (declaration it.path).${name}) (
        # The one of `rest`: they have none of their own.
        if it.isPlain or false then removeAttrs node [ "apply" ] else node
      )
    )
  ]) (
    pins ++ map (it: it // { isPlain = true; }) elements ++ map (name: { path = [ name ]; }) checks
  );
  view =
    hidden: options:
    lib.mapAttrs (
      name: node:
      let
        here = hidden.${name};
      in
      if !hidden ? ${name} then
        node
      else if builtins.isList here then
        lib.head here node
      else
        view here node
    ) options;

  # With the stubs. There are hundreds of them, and nothing is to be put together of what modules say of these: as
  # options they would take longer than those that the modules declare.
  withStubs =
    stubs: set:
    set
    // lib.mapAttrs (name: inner: if set ? ${name} then withStubs inner set.${name} else inner) stubs;

  evaluated = parts.evaluate (
    parts.onlyWith live {
      inherit unchecked;
      arguments =
        arguments:
        arguments
        // lib.optionalAttrs (arguments ? pkgs && !parts.hasOtherPackages) { pkgs = shownPackages; }
        // {
          options = view hidden (
            withStubs stubDeclarations arguments.options // { _module = declaration [ "_module" ]; }
          );
          # What the slice has of these is not what the system has, also as options.
          config =
            withStubs stubs arguments.config
            // lib.genAttrs checks (name: abort "dynix-slice ${name}")
            // {
              _module = withPackages arguments.config._module // {
                check = abort "dynix-slice _module.check";
              };
            };
        };
    }
    ++ [ rest ]
    ++ more
  );
  # They are given to modules, instead of being defined: of what is defined several times, the module system
  # evaluates everything, to see which one has priority, and to look at nixpkgs once is to evaluate most of a slice's time.
  shownPackages = packages evaluated._module.args.pkgs;
  withPackages =
    module:
    module
    // {
      args = module.args // lib.optionalAttrs (module.args ? pkgs) { pkgs = shownPackages; };
    };
in
evaluated
// {
  _module = withPackages evaluated._module;
  config = withStubs stubs evaluated.config;
  # What is in the place of an option is no `apply` of it.
  options = withStubs stubDeclarations (view hidden evaluated.options);
}
