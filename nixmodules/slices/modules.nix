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
      builtins.substring baseLength (-1) file
    else
      null;
  # Those of NixOS that are named, and all that are not of NixOS. There are a thousand of them, and most of a slice is
  # quickly evaluated: so no more is called for each than must be.
  only =
    live:
    let
      isLive = lib.genAttrs (map (name: base + name) live) (_: true);
    in
    builtins.filter (
      module:
      let
        file = toString module;
      in
      !(builtins.isPath module || builtins.isString module)
      || builtins.substring 0 baseLength file != base
      || isLive ? ${file}
    ) all;

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
  # A module, with what it imports: what it is called with, and what it says, are changed.
  change =
    change:
    let
      body =
        module:
        if !builtins.isAttrs module || module._type or "module" != "module" then
          module
        else
          # `require` is an older word for imports; what it names must not be there twice.
          removeAttrs (if change.config == null then module else define module) [ "require" ]
          // {
            imports = map of (module.require or [ ] ++ module.imports or [ ]);
          };
      define =
        module:
        let
          rest = removeAttrs module (notDefinitions ++ [ "_type" ]);
        in
        if module ? config || module ? options then
          module // lib.optionalAttrs (module ? config) { config = change.config module.config; }
        else
          removeAttrs module (lib.attrNames rest) // change.config rest;
      of =
        module:
        let
          read = if isFile module then import module else module;
          named = lib.optionalAttrs (isFile module) {
            _file = toString module;
            key = toString module;
          };
          made = it: if builtins.isAttrs it then named // body it else it;
        in
        if lib.isFunction read then
          lib.setFunctionArgs (args: made (read (change.arguments args))) (lib.functionArgs read)
        else
          made read;
    in
    of;
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
  inherit all notDefinitions only;
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

  # The files of an evaluation, in the order of the module system: what modules import comes behind them all.
  filesOf =
    evaluated:
    let
      of =
        nodes:
        let
          used = lib.filter (node: !node.disabled) nodes;
        in
        lib.optionals (used != [ ]) (
          map (node: node.file) used ++ of (lib.concatMap (node: node.imports) used)
        );
    in
    of evaluated.graph;

  # By file, the modules of NixOS that it comes with: itself, or those that import it.
  entriesByFile =
    let
      of =
        node:
        map (file: {
          inherit file;
          entry = lib.removePrefix base node.file;
        }) (lib.unique (filesIn node));
      filesIn = node: [ node.file ] ++ lib.concatMap filesIn node.imports;
    in
    lib.mapAttrs (_: map (it: it.entry)) (
      lib.groupBy (it: it.file) (
        lib.concatMap of (lib.filter (node: lib.hasPrefix base node.file) (evaluate all).graph)
      )
    );
}
