# The modules that a system is made of, before any of them is evaluated, and some of them left out.
{
  lib,
  # `type` of evalModules: the system as a type of the module system.
  type,
}:

let
  given = type.functor.payload;
  base = toString given.specialArgs.modulesPath + "/";
  isFile = module: builtins.isPath module || builtins.isString module;
  nameOf =
    module:
    if isFile module && lib.hasPrefix base (toString module) then
      lib.removePrefix base (toString module)
    else
      null;

  properties = [
    "assertions"
    "warnings"
  ];
  unchecked =
    config:
    let
      property = config._type or null;
    in
    if !builtins.isAttrs config then
      config
    else if property == "merge" then
      config // { contents = map unchecked config.contents; }
    else if property != null then
      config // { content = unchecked config.content; }
    else
      removeAttrs config properties;
  # A module, with what it imports: what it is called with, and what it says, are changed.
  change =
    change:
    let
      body =
        module:
        if !builtins.isAttrs module || module._type or "module" != "module" then
          module
        else
          (if change.withoutChecks then withoutChecks module else module)
          // {
            imports = map of (module.require or [ ] ++ module.imports or [ ]);
          };
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
  withoutChecks =
    module:
    if module ? config || module ? options then
      module // lib.optionalAttrs (module ? config) { config = unchecked module.config; }
    else
      removeAttrs module properties;
  same = arguments: arguments;
in
rec {
  inherit nameOf;
  all = given.modules;

  # Those of NixOS that are named, and all that are not of NixOS.
  only =
    live:
    let
      isLive = lib.genAttrs live (_: true);
    in
    lib.filter (module: nameOf module == null || isLive ? ${nameOf module}) all;
  # The assertions and warnings in them are only those of NixOS's modules; `arguments` changes what they are called with.
  onlyWith =
    live: arguments:
    map (
      it:
      change {
        inherit arguments;
        withoutChecks = nameOf it == null;
      } it
    ) (only live);
  # All modules, called with something else.
  allWith = arguments: changed arguments all;
  # All modules, with all assertions and warnings but those.
  allUnchecked =
    live:
    let
      isLive = lib.genAttrs live (_: true);
    in
    map (
      it:
      if nameOf it != null && isLive ? ${nameOf it} then
        change {
          arguments = same;
          withoutChecks = true;
        } it
      else
        it
    ) all;

  # Any modules, called with something else.
  changed =
    arguments:
    map (change {
      inherit arguments;
      withoutChecks = false;
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
