# Systems that differ in little, evaluated together: what does not depend on that is evaluated once for all of them.
#
# It rests on laziness. The system is evaluated with `abort` in the place of each value that differs; what is found in
# spite of that is the same whatever the value is, and is taken from this evaluation. Another one finds out what it is,
# with `throw`, which can be caught. All else is evaluated for each system. A value that was taken wrongly, because
# a module catches what is thrown, ends the evaluation: it is never another one.
{
  # What all of them have in common, evaluated: what eval-config.nix gives. Their packages are those of it, where
  # these do not depend on what differs.
  system,
  # By name, what each defines by itself: a module that is a set of definitions.
  machines,
  # Options that are sets whose names depend on what differs, and are the same all the same. This is checked for each
  # system; one that has others is evaluated alone. The name of a host decides whether it has /etc/hostname.
  sameNames ? [
    [
      "environment"
      "etc"
    ]
  ],
  lib ? system.lib or (import (system.pkgs.path + "/lib")),
}:
let
  strong = lib.mkOverride (-1000000000);
  weak = lib.mkOverride 1000000000;
  parts = import ./modules.nix {
    inherit lib;
    type = system._module.args.moduleType;
  };

  # The same definitions with a hole in the place of each value; what is on or off stays as it is.
  emptied =
    hole: value:
    if value == null || builtins.isBool value then
      value
    else if !builtins.isAttrs value || value ? outPath then
      hole
    else if value ? _type then
      withInner (emptied hole) value
    else
      lib.mapAttrs (_: emptied hole) value;
  # What mkIf, mkMerge, mkForce and their like have made of something, of `f` of that.
  withInner =
    f: value:
    value
    // lib.optionalAttrs (value ? content) { content = f value.content; }
    // lib.optionalAttrs (value ? contents) { contents = map f value.contents; };
  # Equal for systems of which the same evaluation with holes holds.
  shapeOf = machine: builtins.toJSON (emptied "" (effective machine));
  # Without a definition of what no module declares. Where that is no error it has no effect, as with a list that has
  # only the modules of a unit, and machines that differ in nothing else are of one shape.
  effective =
    machine:
    if
      system._module.check || system._module.freeformType or null != null || hasModuleOptions machine
    then
      machine
    else
      declaredIn system.options machine;
  declaredIn =
    options: value:
    if !builtins.isAttrs value || lib.isOption options then
      value
    else if value ? _type then
      withInner (declaredIn options) value
    else
      lib.filterAttrs (name: inner: inner != { } || lib.isOption options.${name}) (
        lib.mapAttrs (name: declaredIn options.${name}) (builtins.intersectAttrs options value)
      );
  # It may turn that into an error.
  hasModuleOptions =
    machine:
    machine ? _module
    || machine ? content && hasModuleOptions machine.content
    || machine ? contents && lib.any hasModuleOptions machine.contents;
  checked =
    name: machine:
    let
      more =
        if builtins.isAttrs machine then
          builtins.intersectAttrs (lib.genAttrs ([ "options" ] ++ parts.notDefinitions) (_: null)) machine
        else
          { function = null; };
    in
    if more == { } then
      machine
    else
      throw "dynix: `${lib.head (lib.attrNames more)}' of the machine '${name}' is no definition of an option: it can only be in what all machines have in common";

  evaluated =
    modules: arguments:
    parts.evaluate (
      modules
      ++ [
        (
          given@{ config, options, ... }:
          {
            _module.args =
              # Those that eval-config.nix gives beside the modules.
              lib.mapAttrs (_: weak) system._module.args // lib.mapAttrs (_: strong) (arguments given);
          }
        )
      ]
    );
  # NixOS 20.09 evaluates specialisations of the modules that it was given: they are machines' too.
  withModule =
    module:
    lib.optionalAttrs (system._module.args ? modules) {
      modules = system._module.args.modules ++ [ module ];
    };
  alone =
    module:
    let
      found = evaluated (parts.all ++ [ module ]) (_: withModule module);
    in
    found
    // {
      inherit lib;
      inherit (found._module.args) pkgs;
    };
  # The modules called with another `config`, which is one value for all of them.
  viewed =
    view: arguments: module:
    let
      found =
        evaluated
          (parts.changed (given: given // { config = given.config._module.args.dynixView; }) (
            parts.all ++ [ module ]
          ))
          (
            { config, options, ... }:
            withModule module
            // arguments
            // {
              dynixView = view options config // {
                inherit (config) _module;
              };
            }
          );
    in
    {
      own = found.config;
      config = view found.options found.config;
      inherit (found._module.args) pkgs;
    };

  # `f` of what is at a path, in its place.
  at =
    f: path: value:
    if path == [ ] then
      f value
    else
      value // { ${lib.head path} = at f (lib.tail path) value.${lib.head path}; };
  names = lib.filter (
    path:
    let
      option = lib.attrByPath path null system.options;
      isSet = lib.isOption option && option.type.name == "attrsOf" && !option ? apply;
    in
    option != null
    && (isSet || throw "dynix: `${lib.showOption path}' is no set of which names can be the same")
  ) sameNames;
  namesAt = path: config: lib.attrNames (lib.getAttrFromPath path config);
  # The names are those of one system; each element is what is defined of it.
  withNames =
    sample: options: config:
    lib.foldl' (
      config: path:
      let
        option = lib.getAttrFromPath path options;
        element =
          name:
          (lib.mergeDefinitions (path ++ [ name ]) option.type.nestedTypes.elemType (
            map (it: it // { value = it.value.${name}; }) (
              lib.filter (it: it.value ? ${name}) option.definitionsWithLocations
            )
          )).mergedValue;
      in
      at (_: lib.genAttrs (namesAt path sample.config) element) path config
    ) config names;

  # What of a value is the same for all systems: null, true, or a set or list of the same.
  #
  # Functions are equal only where they are the same one, and so are sets and lists that have any: two that are put
  # together again of one would not be. So that is done only with what the module system has put together for each
  # option; a set or list that a module made is each system's own. To look for functions in it would be to evaluate
  # what nobody asks for, such as the message of an assertion that holds.
  decideWith =
    {
      ofSet ? _: null,
      ofList ? _: null,
    }:
    value:
    let
      tried = builtins.tryEval value;
      it = tried.value;
    in
    if !tried.success || builtins.isFunction it then
      null
    else if it ? drvPath then
      if (builtins.tryEval (builtins.seq it.drvPath true)).success then true else null
    else if builtins.isAttrs it then
      ofSet it
    else if builtins.isList it then
      ofList it
    else
      true;
  decideMade = decideWith { };
  decideOptions =
    options:
    decideWith {
      ofSet = lib.mapAttrs (
        name:
        let
          node = options.${name} or null;
        in
        if node == null || lib.isOption node && node ? apply then
          decideMade
        else if lib.isOption node then
          decideOption node.type
        else
          decideOptions node
      );
    };
  decideOption =
    type:
    let
      element = decideOption type.nestedTypes.elemType;
    in
    if type.name == "submodule" then
      decideOptions (type.getSubOptions [ ])
    else if type.name == "nullOr" then
      element
    else if type.name == "listOf" then
      decideWith { ofList = map element; }
    else if type.name == "attrsOf" || type.name == "lazyAttrsOf" then
      decideWith { ofSet = lib.mapAttrs (_: element); }
    else
      decideMade;
  # Names and lengths are found out with what can be caught: each set and list is evaluated with `abort` as well.
  take =
    decided: own: shared:
    if decided == null then
      own
    else if decided == true then
      shared
    else if builtins.isList decided then
      builtins.seq shared (
        lib.genList (
          n: take (builtins.elemAt decided n) (builtins.elemAt own n) (builtins.elemAt shared n)
        ) (lib.length decided)
      )
    else
      builtins.seq shared (
        lib.mapAttrs (name: inner: take inner own.${name} shared.${name}) decided
      );

  # What evaluates each of the machines of one shape, of which `one` is one.
  together =
    one:
    let
      sample = alone one;
      holed =
        hole:
        viewed (withNames sample) {
          extendModules = hole;
          moduleType = hole;
          modules = hole;
        } (emptied hole one);
      common = holed (abort "dynix: what was found to be the same for all machines is not");
      caught = holed (throw "dynix: what machines differ in");
      decided = decideOptions system.options caught.config;
      packages = lib.optionalAttrs (builtins.tryEval (caught.pkgs.stdenv.drvPath or (builtins.attrNames caught.pkgs))).success {
        inherit (common) pkgs;
      };
    in
    module:
    let
      whole = alone module;
      found = viewed (_: own: take decided own common.config) (
        {
          inherit (whole) extendModules;
          moduleType = whole.type;
        }
        // packages
      ) module;
      hasNames = lib.all (path: namesAt path found.own == namesAt path sample.config) names;
    in
    whole // lib.optionalAttrs hasNames { inherit (found) config pkgs; };
  byShape = lib.mapAttrs (
    _: of: if lib.length of < worthIt then alone else together good.${lib.head of}
  ) (lib.groupBy (name: shapes.${name}) (lib.attrNames good));
  # What is prepared for a shape costs as much as two systems.
  worthIt = 3;
  good = lib.mapAttrs checked machines;
  shapes = lib.mapAttrs (_: shapeOf) good;
in
if lib.length (lib.attrNames good) < worthIt then
  lib.mapAttrs (_: alone) good
else
  lib.mapAttrs (name: byShape.${shapes.${name}}) good
