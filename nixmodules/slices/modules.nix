# The modules that a system is made of, before any of them is evaluated, and some of them left out.
{
  lib,
  # `type` of evalModules: the system as a type of the module system.
  type,
}:

let
  given = type.functor.payload;
  all = given.modules;
  base = builtins.unsafeDiscardStringContext (toString given.specialArgs.modulesPath) + "/";
  isFile = module: builtins.isPath module || builtins.isString module;
  baseLength = builtins.stringLength base;
  nameOf =
    module:
    let
      file = toString module;
    in
    if isFile module && builtins.substring 0 baseLength file == base then
      builtins.unsafeDiscardStringContext (builtins.substring baseLength (-1) file)
    else
      null;
  # Those of NixOS that are named, and all that are not of NixOS. There are a thousand of them, and most of a slice is
  # quickly evaluated: so no more is called for each than must be.
  isIn =
    live:
    let
      isLive = lib.genAttrs (map (name: base + name) live) (_: true);
    in
    module:
    let
      file = toString module;
    in
    !(builtins.isPath module || builtins.isString module)
    || builtins.substring 0 baseLength file != base
    || isLive ? ${builtins.unsafeDiscardStringContext file};
  only = live: builtins.filter (isIn live) all;

  properties = {
    assertions = null;
    warnings = null;
  };
  # What modules define, with something else in the place of their assertions and warnings.
  instead =
    of: config:
    let
      property = config._type or null;
    in
    if !builtins.isAttrs config then
      config
    else if property == "merge" then
      config // { contents = map (instead of) config.contents; }
    else if property != null then
      config // { content = instead of config.content; }
    else
      removeAttrs config (lib.attrNames properties) // of (builtins.intersectAttrs properties config);
  withoutChecks = instead (_: { });
  # A module, with what it imports: what it is called with, and what it says, are changed; with `file` also of which
  # file it says it is: a function of its path, empty where it is no file, and of that.
  change =
    change:
    let
      body =
        module:
        if !builtins.isAttrs module then
          module
        else if module._type or "module" == "module" then
          # `require` is an older word for imports; what it names must not be there twice.
          removeAttrs (if change.config == null then module else define module) [ "require" ]
          // {
            imports = map of (module.require or [ ] ++ module.imports or [ ]);
          }
        # A condition, say: it is the definitions of a module, and a file is more than that.
        else if module ? content || module ? contents then
          body { config = module; }
        else
          module;
      define =
        module:
        let
          rest = removeAttrs module (notDefinitions ++ [ "_type" ]);
        in
        if module ? config || module ? options then
          module // lib.optionalAttrs (module ? config) { config = change.config module.config; }
        else
          removeAttrs module (lib.attrNames rest) // change.config rest;
      withFile =
        path: module: module // lib.optionalAttrs (module ? _file) { _file = change.file path module._file; };
      of =
        module:
        let
          read = if isFile module then import module else module;
          named = lib.optionalAttrs (isFile module) {
            _file = toString module;
            key = toString module;
          };
          made =
            it:
            if !builtins.isAttrs it then
              it
            else if change ? file then
              withFile (if isFile module then toString module else "") (named // body it)
            else
              named // body it;
        in
        if lib.isFunction read then
          lib.setFunctionArgs (args: made (read (change.arguments args))) (lib.functionArgs read)
        else
          made read;
    in
    of;
  # Definitions, with a mark in the names of files that they have themselves (lib.mkDefinition).
  definitionsMarked =
    node: value:
    let
      property = value._type or null;
    in
    if !builtins.isAttrs value then
      value
    else if property == "merge" then
      value // { contents = map (definitionsMarked node) value.contents; }
    else if property != null && value ? content then
      value // { content = definitionsMarked node value.content; }
    else if property == "definition" then
      value // { file = marked value.file; }
    else if property != null || lib.isOption node then
      value
    else
      lib.mapAttrs (name: definitionsMarked (node.${name} or { })) value;
  # In the context: whatever is done with the name of the file, and whatever it is compared with, it is the same.
  mark = builtins.substring 0 0 (builtins.toFile "dynix-outside" "");
  markName = lib.head (lib.attrNames (builtins.getContext mark));
  marked = file: "${mark}${toString file}";
  # What a module without `config` may have besides definitions.
  notDefinitions = [
    "_class"
    "_file"
    "disabledModules"
    "freeformType"
    "imports"
    "key"
    "meta"
    "require"
  ];
  # All modules; what those define is changed.
  allButIn =
    live: configOf:
    let
      isLive = lib.genAttrs live (_: true);
    in
    map (
      module:
      let
        name = nameOf module;
      in
      if name != null && isLive ? ${name} then
        change {
          arguments = same: same;
          config = configOf name;
        } module
      else
        module
    ) all;
in
rec {
  inherit all isIn notDefinitions only;
  # The folder of nixpkgs.
  root = builtins.dirOf (builtins.dirOf (lib.removeSuffix "/" base));
  # Whether modules are called with other packages than those of `_module.args`.
  hasOtherPackages = given.specialArgs ? pkgs;

  # The assertions and warnings in them are only those of NixOS's modules that are not `unchecked`; `arguments` changes
  # what they are called with.
  onlyWith =
    live:
    { arguments, unchecked }:
    let
      isUnchecked = lib.genAttrs unchecked (_: true);
    in
    map (
      module:
      let
        name = nameOf module;
      in
      change {
        inherit arguments;
        config = if name == null || isUnchecked ? ${name} then withoutChecks else null;
      } module
    ) (only live);
  # All modules, called with something else.
  allWith = arguments: changed arguments all;
  # The same, where all that is not of the live modules has a mark in the names of its files: whatever it says of which
  # file it is, it is outside. `isShared` has the keys of what the live modules import, whoever does so besides.
  allMarked =
    {
      live,
      isShared,
      # Of the system
      options,
    }:
    let
      isLive = lib.genAttrs live (_: true);
      isHere = path: isShared ? ${builtins.unsafeDiscardStringContext path};
    in
    arguments:
    map (
      module:
      let
        name = nameOf module;
      in
      change (
        {
          inherit arguments;
          config = null;
        }
        // lib.optionalAttrs (name != null && !isLive ? ${name}) {
          config = definitionsMarked options;
          file = path: file: if isHere path then file else marked file;
        }
      ) module
    ) all;
  isMarked = file: (builtins.getContext file) ? ${markName};
  # All modules, with all assertions and warnings but those.
  allUnchecked = live: allButIn live (_: withoutChecks);
  # All modules, where those have their assertions and warnings in an option of their own: `dynixChecks.<name>`.
  allApart =
    live:
    allButIn live (name: instead (checks: { dynixChecks.${name} = checks; }))
    ++ [
      {
        options.dynixChecks = lib.genAttrs live (_: {
          assertions = lib.mkOption {
            type = lib.types.listOf lib.types.unspecified;
            default = [ ];
          };
          warnings = lib.mkOption {
            type = lib.types.listOf lib.types.str;
            default = [ ];
          };
        });
      }
    ];

  # Any modules, called with something else.
  changed =
    arguments:
    map (change {
      inherit arguments;
      config = null;
    });

  evaluate =
    modules:
    lib.evalModules {
      inherit modules;
      inherit (given) class specialArgs;
    };

  # The modules of an evaluation, in the order of the module system: what modules import comes behind them all.
  nodesOf =
    evaluated:
    let
      of =
        nodes:
        let
          used = lib.filter (node: !node.disabled) nodes;
        in
        lib.optionals (used != [ ]) (used ++ of (lib.concatMap (node: node.imports) used));
    in
    of evaluated.graph;
  filesOf = evaluated: map (node: nameOfFile node.file) (nodesOf evaluated);
  keysOf = evaluated: map (node: nameOfFile node.key) (nodesOf evaluated);
  # What is imported of a fetched tree or another flake, "${tree}/module.nix", refers to the store, and no name of an
  # attribute may do so.
  nameOfFile = file: builtins.unsafeDiscardStringContext (toString file);

  entriesOf = lib.concatMap (file: entriesByFile.${nameOfFile file} or [ ]);
  # By file, the modules of NixOS that it comes with: itself, or those that import it.
  entriesByFile =
    let
      of =
        node:
        map (file: {
          inherit file;
          entry = lib.removePrefix base (nameOfFile node.file);
        }) (lib.unique (filesIn node));
      filesIn = node: [ (nameOfFile node.file) ] ++ lib.concatMap filesIn node.imports;
    in
    lib.mapAttrs (_: map (it: it.entry)) (
      lib.groupBy (it: it.file) (
        lib.concatMap of (lib.filter (node: lib.hasPrefix base node.file) (evaluate all).graph)
      )
    );
}
