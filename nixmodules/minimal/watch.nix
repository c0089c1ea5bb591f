# Modules that say on standard error which options they read while a system is evaluated, one line of JSON each:
#
#   trace: dynix {"reader":"services/databases/redis.nix","option":["networking","hostName"]}
#   trace: dynix {"reader":…,"option":["systemd","services"],"key":"redis"}
#
# and of each option and key that is read, once, who declares and who defines it:
#
#   trace: dynix {"option":[…],"declaredBy":[…],"definedBy":[…],"keyed":true}
#   trace: dynix {"option":[…],"key":"redis","definedBy":[…]}
#
# whose declaration is used through `options`,
#
#   trace: dynix {"reader":…,"declaration":["assertions"],"declaredBy":["misc/assertions.nix"]}
#
# and which file is imported by which:
#
#   trace: dynix {"imports":"services/x11/desktop-managers/xfce.nix","by":"services/x11/desktop-managers/default.nix"}
#
# What is evaluated is not changed by it: the modules, their order and all values are the same.
{ lib, modulesPath }:
let
  names = import ./names.nix { inherit lib modulesPath; };
  say = what: builtins.trace "dynix ${builtins.toJSON what}";

  # Types whose values are sets of what several modules define key by key.
  keyed = [
    "attrs"
    "attrsOf"
    "lazyAttrsOf"
  ];
  isKeyed = option: lib.elem (option.type.name or null) keyed;

  # Whether a definition is left when conditions are applied. Only where the type itself looks at them.
  survives =
    strict: value:
    let
      kind = if builtins.isAttrs value then value._type or null else null;
    in
    if !strict then
      true
    else if kind == "if" then
      value.condition && survives strict value.content
    else if kind == "merge" then
      lib.any (survives strict) value.contents
    else if kind == "override" || kind == "order" then
      survives strict value.content
    else
      true;

  filesOf = definitions: lib.unique (map (it: names.relative it.file) definitions);

  viewed =
    reader: loc: option:
    builtins.seq (about loc option).read (say { inherit reader; option = loc; } true);

  # Each is a value that is computed once, so each line is written once.
  about =
    loc: option:
    let
      definitions = option.definitionsWithLocations;
      strict = option.type.name == "attrsOf";
      hasKey = key: it: it.value ? ${key} && survives strict it.value.${key};
      # A list without items and a set without keys add nothing, and neither does an assertion that holds.
      empty =
        it:
        it.value == [ ]
        || it.value == { }
        || loc == [ "assertions" ] && lib.all (one: one.assertion or false) it.value;
    in
    {
      read = say {
        option = loc;
        declaredBy = map names.relative option.declarations;
        # A set of things that have nothing to do with each other, such as services.
        keyed = isKeyed option && (option.type.nestedTypes.elemType.name or "") == "submodule";
        definedBy = filesOf (
          if option.type.name == "listOf" || isKeyed option then
            lib.filter (it: !empty it) definitions
          else
            definitions
        );
      } true;
      keys = lib.mapAttrs (
        key: _:
        say {
          option = loc;
          inherit key;
          definedBy = filesOf (lib.filter (hasKey key) definitions);
        } true
      ) option.value;
    };
  tree =
    loc:
    lib.mapAttrs (
      name: node: if lib.isOption node then about (loc ++ [ name ]) node else tree (loc ++ [ name ]) node
    );
  # `config` as a reader gets it.
  view =
    reader: loc: options: known: config:
    lib.mapAttrs (
      name: value:
      let
        here = loc ++ [ name ];
        option = options.${name};
      in
      if !(options ? ${name}) then
        value
      else if lib.isOption option then
        read reader here option known.${name} value
      else
        view reader here option known.${name} value
    ) config;
  read =
    reader: loc: option: known: value:
    builtins.seq known.read (
      say
        {
          inherit reader;
          option = loc;
        }
        (
          if isKeyed option && builtins.isAttrs value && !(lib.isDerivation value) then
            lib.mapAttrs (
              key: inner:
              builtins.seq known.keys.${key} (
                say {
                  inherit reader key;
                  option = loc;
                } inner
              )
            ) value
          else
            value
        )
    );

  # `options` as a reader gets it: an option there may be declared by somebody else once more, and has its value.
  valued = {
    definitions = null;
    definitionsWithLocations = null;
    files = null;
    highestPrio = null;
    isDefined = null;
    value = null;
  };
  optionsView =
    reader: loc: known:
    lib.mapAttrs (
      name: node:
      let
        here = loc ++ [ name ];
        use = builtins.seq known.${name}.read (say { inherit reader; option = here; });
      in
      if lib.isOption node then
        say
          {
            inherit reader;
            declaration = here;
            declaredBy = map names.relative node.declarations;
          }
          (node // lib.mapAttrs (_: use) (builtins.intersectAttrs valued node))
      else
        optionsView reader here known.${name} node
    );

  viewOf = reader: options: config: view reader [ ] options config._module.args.dynixKnown config;

  watched =
    reader: module:
    if lib.isFunction module then
      lib.setFunctionArgs (
        given:
        body reader (
          module (
            given
            // {
              config = viewOf reader given.options given.config;
              options = optionsView reader [ ] given.config._module.args.dynixKnown given.options;
            }
          )
        )
      ) (lib.functionArgs module)
    else if isFile module then
      file module
    else if builtins.isAttrs module then
      body reader module
    else
      module;
  isFile = module: builtins.isPath module || builtins.isString module;
  imported =
    reader: module:
    if isFile module then
      say {
        imports = names.relative module;
        by = reader;
      } (file module)
    else
      watched reader module;
  body =
    reader: module:
    if module._type or "module" != "module" then
      module
    else
      module
      // {
        imports = map (imported reader) (module.require or [ ] ++ module.imports or [ ]);
      };
  file = path: {
    _file = toString path;
    key = toString path;
    imports = [ (watched (names.relative path) (import path)) ];
  };
in
{
  # Modules that say what they read; `name` is what one is called that is no file.
  modules = name: map (watched name);
  # To be loaded with them. Not the options that evalModules returns: those check all definitions first.
  known =
    { options, ... }:
    {
      # What arguments modules get is read by the module system itself.
      _module.args.dynixKnown = builtins.seq (viewed "" [ "_module" "args" ] options._module.args) (
        tree [ ] options
      );
    };
  # The configuration as one reads it who looks at the system from outside.
  view = system: view "" [ ] system.options system.options._module.args.value.dynixKnown system.config;
}
