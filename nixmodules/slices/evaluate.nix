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
  # What no module of these declares: [ { path; value; } … ], options and groups of options.
  stubs,
  # What others define too: [ { path; value; isPlain; } … ], plain where the option has no `apply`.
  pins,
  # Sets of which others define some: [ { path; keys = { name = value; … }; isSubmodule; plain; } … ]. Of submodules the
  # value is a function of the option's name, and `plain` the names of those without an `apply`.
  elements,
  # In the place of these options in `options`, a function of the path.
  declaration,
  # Modules behind them all.
  more ? [ ],
}:

let
  strong = lib.mkOverride (-1000000000);

  tree =
    leaf: items:
    lib.mapAttrs (
      _: inner:
      let
        here = lib.filter (it: it.rest == [ ]) inner;
      in
      if here != [ ] then leaf (lib.head here).item else tree leaf inner
    ) (lib.mapAttrs (_: map (it: it // { rest = lib.tail it.rest; })) (lib.groupBy (it: lib.head it.rest) items));
  treeOf =
    leaf: items:
    tree leaf (
      map (item: {
        inherit item;
        rest = item.path;
      }) items
    );

  # Whatever is defined of an option.
  instead = value: lib.mkOption { apply = _: value; };
  # A function, because attrsOf looks at every element, to see whether it is there.
  submodule =
    plain: value:
    { options, ... }:
    {
      options = lib.genAttrs plain (name: instead (value name));
      config = lib.mapAttrs (name: _: strong (value name)) (
        removeAttrs options ([ "_module" ] ++ plain)
      );
    };
  elementsOf =
    it:
    lib.setAttrByPath it.path (
      lib.mapAttrs (_: value: if it.isSubmodule then submodule it.plain value else strong value) it.keys
    );

  rest = {
    _file = ./evaluate.nix;
    options = treeOf (it: instead it.value // it.type or { }) (
      map (it: it // { type.type = lib.types.raw; }) stubs ++ lib.filter (it: it.isPlain) pins
    );
    config = lib.mkMerge (
      map (it: lib.setAttrByPath it.path (strong it.value)) (lib.filter (it: !it.isPlain) pins)
      ++ map elementsOf elements
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

  # What it is declared as is the same as in the system, and who defines it is not.
  declared = [
    "_type"
    "default"
    "description"
    "example"
    "internal"
    "loc"
    "readOnly"
    "relatedPackages"
    "type"
    "visible"
  ];
  hidden = treeOf (it: [
    (
      node:
      if it.isLoaded then
        lib.mapAttrs (
          name: inner: if lib.elem name declared then inner else (declaration it.path).${name}
        ) node
      else
        declaration it.path
    )
  ]) (map (it: it // { isLoaded = false; }) stubs ++ map (it: it // { isLoaded = true; }) (pins ++ elements));
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
in
parts.evaluate (
  parts.onlyWith live (arguments: arguments // { options = view hidden arguments.options; })
  ++ [ rest ]
  ++ more
)
