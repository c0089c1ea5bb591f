# A module system that is small enough to read: what NixOS's does for declarations, definitions, priorities and
# submodules, without its checks and messages. It is there to test dynix's modules where there is no nixpkgs.
{ lib }:

let
  defaultPriority = 100;
  optionDefaultPriority = 1500;
  unknownFile = "<unknown-file>";
  isOf = kind: it: it._type or null == kind;
in
rec {
  types = import ./types.nix { inherit lib; };

  mkOptionType = types.custom;
  mkOption = it: it // { _type = "option"; };
  mkEnableOption =
    what:
    mkOption {
      type = types.bool;
      default = false;
      description = "Whether to enable ${what}.";
    };
  mkPackageOption =
    packages: name: _:
    mkOption {
      type = types.package;
      default = packages.${name};
      description = "The ${name} package to use.";
    };
  isOption = isOf "option";
  literalExpression = text: { inherit text; };
  literalMD = literalExpression;

  mkMerge = contents: { _type = "merge"; inherit contents; };
  mkIf = condition: content: { _type = "if"; inherit condition content; };
  mkOverride = priority: content: { _type = "override"; inherit priority content; };
  mkOrder = order: content: { _type = "order"; inherit order content; };
  mkForce = mkOverride 50;
  mkDefault = mkOverride 1000;
  mkOptionDefault = mkOverride optionDefaultPriority;
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;

  # An option under its older name: what is said there is said of the newer one.
  mkRenamedOptionModule =
    from: to:
    { config, options, ... }:
    let
      older = lib.getAttrFromPath from options;
    in
    {
      options = lib.setAttrByPath from (mkOption {
        type = types.unspecified;
        visible = false;
        description = "Alias of {option}`${lib.showOption to}`.";
        apply = _: lib.getAttrFromPath to config;
      });
      config = mkIf older.isDefined (
        lib.setAttrByPath to (mkOverride older.highestPrio (mkMerge older.definitions))
      );
    };

  # What a definition comes to: values, each with its priority and its order.
  discharge =
    it:
    if isOf "merge" it then
      lib.concatMap discharge it.contents
    else if isOf "if" it then
      lib.optionals it.condition (discharge it.content)
    else if isOf "override" it then
      [
        {
          # Not looked into before it is known to be of the strongest.
          value = it.content;
          inherit (it) priority;
          order = 1000;
        }
      ]
    else if isOf "order" it then
      map (found: found // { inherit (it) order; }) (discharge it.content)
    else
      [
        {
          value = it;
          priority = defaultPriority;
          order = 1000;
        }
      ];

  # Those of the strongest priority, in their order.
  strongest =
    found:
    let
      priority = builtins.foldl' (least: it: if it.priority < least then it.priority else least) 1000000 found;
      chosen = lib.filter (it: it.priority == priority) found;
      inside = it: map (found: it // found // { inherit (it) priority; }) (discharge it.value);
    in
    {
      inherit priority;
      definitions = lib.sort (a: b: a.order < b.order) (
        lib.concatMap (it: if it.order == 1000 then inside it else [ it ]) chosen
      );
    };

  mergeValues =
    loc: type: values:
    if lib.all type.check values then
      type.merge loc values
    else
      throw "A definition for option `${lib.showOption loc}' is not of type `${type.description}'.";

  # Definitions, each with its file, as one value.
  mergeDefinitions =
    loc: type: definitions:
    let
      chosen = strongest (lib.concatMap (it: map (found: it // found) (discharge it.value)) definitions);
    in
    {
      defsFinal' = {
        values = chosen.definitions;
        highestPrio = chosen.priority;
      };
      mergedValue =
        if chosen.definitions != [ ] then
          mergeValues loc type (map (it: it.value) chosen.definitions)
        else
          type.emptyValue or (throw "The option `${lib.showOption loc}' is used but not defined.");
    };

  # Properties around a set, put around each of its attributes instead.
  pushDown =
    it:
    if isOf "merge" it then
      lib.concatMap pushDown it.contents
    else if isOf "if" it then
      map (lib.mapAttrs (_: mkIf it.condition)) (pushDown it.content)
    else if isOf "override" it || isOf "order" it then
      map (lib.mapAttrs (_: content: it // { inherit content; })) (pushDown it.content)
    else
      [ it ];

  evalModules =
    {
      modules,
      prefix ? [ ],
      specialArgs ? { },
      class ? null,
    }:
    let
      argumentsOf =
        f:
        lib.mapAttrs (name: _: config._module.args.${name}) (lib.functionArgs f)
        // {
          inherit config lib options;
        }
        // specialArgs;

      load =
        key: importer: given:
        let
          isFile = builtins.isPath given || builtins.isString given;
          imported = if isFile then import given else given;
          module = if lib.isFunction imported then imported (argumentsOf imported) else imported;
          isLong = module ? config || module ? options;
          file = toString (module._file or (if isFile then given else importer));
        in
        {
          key = module.key or (if isFile then toString given else key);
          inherit file;
          imports = module.imports or [ ];
          options = declaredIn file (module.options or { });
          freeformType = module.freeformType or null;
          config =
            if isLong then
              module.config or { }
            else
              removeAttrs module [
                "_file"
                "disabledModules"
                "freeformType"
                "imports"
                "key"
              ];
        };
      loadAll = key: importer: lib.imap0 (number: load "${key}/${toString number}" importer);
      loaded = builtins.genericClosure {
        startSet = loadAll "" unknownFile modules;
        operator = module: loadAll module.key module.file module.imports;
      };

      internal = declaredIn "lib/modules.nix" {
        _module.args = mkOption {
          type = types.lazyAttrsOf types.raw;
          default = { };
          internal = true;
          description = "Arguments of all modules.";
        };
        _module.specialArgs = mkOption {
          type = types.raw;
          default = specialArgs;
          internal = true;
          description = "Arguments that imports may depend on.";
        };
        _module.check = mkOption {
          type = types.bool;
          default = true;
          internal = true;
          description = "Whether what no option declares is an error.";
        };
      };
      declared = joinDeclarations ([ internal ] ++ map (module: module.options) loaded);
      own = {
        file = "lib/modules.nix";
        value._module.args = {
          inherit extendModules;
          moduleType = type;
        };
      };
      definitions = pushAllDown (map (module: { inherit (module) file; value = module.config; }) loaded ++ [ own ]);

      evaluated = evalTree prefix declared definitions;
      options = evaluated;
      config = valuesOf evaluated // undeclared;
      unknown = lib.optionals (freeform == [ ]) (namesOfNone prefix declared definitions);

      # What no option declares, where a type takes it.
      freeform = lib.filter (type: type != null) (map (module: module.freeformType) loaded);
      undeclared = lib.optionalAttrs (freeform != [ ]) (
        (lib.head freeform).merge prefix (map (it: removeAttrs it.value (lib.attrNames declared)) definitions)
      );

      extendModules = more: evalModules {
        modules = modules ++ more.modules;
        inherit prefix specialArgs class;
      };
      # As a type has it.
      type.functor.payload = { inherit modules specialArgs class; };
    in
    {
      inherit options extendModules type;
      freeformType = if freeform == [ ] then null else lib.head freeform;
      config =
        if !config._module.check || unknown == [ ] then config else throw "The option `${lib.head unknown}' does not exist.";
      inherit (config) _module;
    };

  # Options have with them the file that declares them.
  declaredIn =
    file:
    lib.mapAttrs (
      _: node: if isOption node then node // { declarations = [ file ]; } else declaredIn file node
    );
  joinDeclarations =
    trees:
    builtins.zipAttrsWith (
      _: nodes:
      if lib.any isOption nodes then
        builtins.foldl' (a: b: a // b) { } nodes
        // {
          declarations = lib.concatMap (node: node.declarations) nodes;
        }
      else
        joinDeclarations nodes
    ) trees;

  # Definitions have their file with them.
  pushAllDown = lib.concatMap (it: map (value: it // { inherit value; }) (pushDown it.value));
  definitionsOf =
    name: lib.concatMap (it: lib.optional (it.value ? ${name}) (it // { value = it.value.${name}; }));

  evalTree =
    loc: declared: definitions:
    lib.mapAttrs (
      name: node:
      let
        given = definitionsOf name definitions;
        here = loc ++ [ name ];
      in
      if isOption node then evalOption here node given else evalTree here node (pushAllDown given)
    ) declared;

  evalOption =
    loc: option: given:
    let
      type = option.type or types.unspecified;
      default = lib.optional (option ? default) {
        file = unknownFile;
        value = mkOptionDefault option.default;
      };
      merged = mergeDefinitions loc type (given ++ default);
      chosen = merged.defsFinal';
    in
    option
    // {
      inherit loc type;
      inherit (chosen) highestPrio;
      value = (option.apply or (it: it)) merged.mergedValue;
      isDefined = chosen.values != [ ];
      definitions = map (it: it.value) chosen.values;
      definitionsWithLocations = map (it: { inherit (it) file value; }) chosen.values;
      files = map (it: it.file) chosen.values;
    };

  valuesOf = lib.mapAttrs (_: node: if isOption node then node.value else valuesOf node);

  # What is defined and nowhere declared.
  namesOfNone =
    loc: declared: definitions:
    lib.concatMap (
      definition:
      lib.concatMap (
        name:
        let
          here = loc ++ [ name ];
        in
        if !(declared ? ${name}) then
          [ (lib.showOption here) ]
        else
          lib.optionals (!isOption declared.${name}) (
            namesOfNone here declared.${name} (pushAllDown (definitionsOf name [ definition ]))
          )
      ) (lib.attrNames definition.value)
    ) definitions;
}
