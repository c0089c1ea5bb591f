# What some modules of a system lack of it: the options that they do not declare, and the definitions of their
# options in other modules.
{
  lib,
  # ./modules.nix
  parts,
  # The options of the system.
  options,
  live,
}:

let
  bare = parts.evaluate (parts.only live ++ [ { _module.check = false; } ]);
  whole = parts.evaluate parts.all;
  files = parts.filesOf bare;
  isLoaded = lib.genAttrs files (_: true);
  others = lib.filter (file: !isLoaded ? ${file});
  inherit (parts) entriesOf nameOfFile;
  declarations = node: map nameOfFile node.declarations;

  walk =
    path: node: loaded:
    lib.concatLists (
      lib.mapAttrsToList (
        name: inner:
        let
          here = path ++ [ name ];
          ours = loaded.${name};
        in
        if path == [ ] && name == "_module" then
          [ ]
        else if !loaded ? ${name} then
          [
            {
              path = here;
              node = inner;
              missing = true;
            }
          ]
        else if lib.isOption inner != lib.isOption ours then
          throw "dynix-slice: '${lib.showOption here}' is an option for some modules only"
        else if lib.isOption inner then
          [
            {
              path = here;
              node = inner;
              missing = false;
              # All who declare a part of it belong to it.
              lacks =
                let
                  found = others (declarations inner);
                in
                if found == [ ] && lib.length inner.declarations != lib.length ours.declarations then
                  throw "dynix-slice: '${lib.showOption here}' is declared by a module that says it is of another one's file"
                else
                  found;
            }
          ]
        else
          walk here inner ours
      ) node
    );
  found = walk [ ] options bare.options;
in
rec {
  inherit others entriesOf;
  # What these modules import has these keys.
  keys = lib.genAttrs (parts.keysOf bare) (_: true);
  missing = lib.filter (it: it.missing) found;
  loaded = lib.filter (it: !it.missing) found;
  # The modules that belong to these.
  lacks = lib.unique (entriesOf (lib.concatMap (it: it.lacks) loaded));

  # They are all there among all modules, with all that they import: none is disabled that is not so here.
  areThere =
    let
      shapeOf = node: {
        inherit (node) disabled file;
        imports = map shapeOf node.imports;
      };
      ours = lib.filter (it: parts.isIn live it.fst) (lib.zipLists parts.all whole.graph);
    in
    # The last one is none of them.
    map shapeOf (lib.init bare.graph) == map (it: shapeOf it.snd) ours;

  # The modules come in the same order as among all: what they define is put together in that order.
  isInOrder =
    let
      # The first of the same name.
      place = lib.listToAttrs (lib.imap0 (value: name: { inherit name value; }) (parts.filesOf whole));
      places = map (file: place.${file} or 0) (lib.filter (file: place ? ${file}) (lib.unique files));
    in
    places == lib.sort builtins.lessThan places;

  # The options and groups that get a stub; of a group that is opened, its members.
  stubsOf =
    isOpened:
    let
      of =
        { path, node, ... }:
        if !lib.isOption node && isOpened path then
          lib.concatLists (
            lib.mapAttrsToList (
              name: inner:
              of {
                path = path ++ [ name ];
                node = inner;
              }
            ) node
          )
        else
          [ { inherit path node; } ];
    in
    lib.concatMap of missing;

  entriesOfNode =
    node:
    if lib.isOption node then
      entriesOf (declarations node)
    else
      lib.concatMap entriesOfNode (lib.attrValues node);

  # Of a loaded option, who defines it besides: null, a function of the evaluation that is asked, or a set
  # with `pin` or `keys`, each with the files of the definitions.
  outsideOf =
    option:
    let
      type = option.type.name or "";
      definitions = map (it: {
        isMarked = parts.isMarked (toString it.file);
        file = nameOfFile it.file;
        inherit (it) value;
      }) option.definitionsWithLocations;
      outside = lib.filter (it: it.isMarked || !isLoaded ? ${it.file}) definitions;
      isSet = it: builtins.isAttrs it.value && !(it.value ? _type);
      survives =
        value:
        let
          property = if builtins.isAttrs value then value._type or null else null;
        in
        if type != "attrsOf" then
          true
        else if property == "if" then
          value.condition && survives value.content
        else if property == "merge" then
          lib.any survives value.contents
        else if property == "override" || property == "order" then
          survives value.content
        else
          true;
      element = option.type.nestedTypes.elemType or { };
      inside =
        if (element.name or "") == "submodule" && !(element.nestedTypes or { } ? freeformType) then
          {
            isSubmodule = true;
            names = lib.attrNames (removeAttrs (element.getSubOptions [ ]) [ "_module" ]);
          }
        else
          {
            isSubmodule = false;
            names = [ ];
          };
      keysOf = it: lib.filter (key: survives it.value.${key}) (lib.attrNames it.value);
    in
    if outside == [ ] then
      null
    else if
      lib.elem type [
        "attrsOf"
        "lazyAttrsOf"
      ]
      && lib.all isSet outside
      && !(option ? apply)
    then
      {
        keys = lib.foldl' (
          all: it: all // lib.genAttrs (keysOf it) (key: (all.${key} or [ ]) ++ [ it.file ])
        ) { } outside;
        inherit (inside) isSubmodule names;
      }
    else
      {
        pin = lib.unique (map (it: it.file) outside);
        isPlain = !(option ? apply);
      };
}
