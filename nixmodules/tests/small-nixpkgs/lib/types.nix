# The types of options: how values are checked, and how several become one.
{ lib }:

let
  mkType =
    it:
    {
      _type = "option-type";
      description = it.name;
      merge = mergeEqual;
      nestedTypes = { };
      getSubOptions = _: { };
    }
    // it;
  mergeEqual =
    loc: values:
    if lib.all (it: it == lib.head values) values then
      lib.head values
    else
      throw "The option `${lib.showOption loc}' has conflicting definition values.";
  mergeOnly =
    loc: values:
    if lib.length values == 1 then
      lib.head values
    else
      throw "The option `${lib.showOption loc}' is defined more than once.";

  isNumber = it: builtins.isInt it || builtins.isFloat it;
  isPathLike = it: builtins.isPath it || (builtins.isString it || it ? outPath) && lib.hasPrefix "/" (toString it);
  between = name: check: of: least: most: mkType {
    inherit name;
    description = "${of} between ${toString least} and ${toString most} (both inclusive)";
    check = it: check it && it >= least && it <= most;
  };

  # A value inside a value, which may have properties of its own; none when all of them are off.
  inner =
    loc: type: values:
    let
      chosen = lib.strongest (lib.concatMap lib.discharge values);
    in
    lib.optional (chosen.definitions != [ ]) (
      lib.mergeValues loc type (map (it: it.value) chosen.definitions)
    );

  attributes = name: of: mkType {
    inherit name;
    description = "attribute set of (${of.description})";
    check = lib.isAttrs;
    emptyValue = { };
    nestedTypes.elemType = of;
  };
in
rec {
  # One of a module's own making: what it merges are definitions, here are values alone.
  custom =
    it: mkType (it // { merge = loc: values: it.merge loc (map (value: { inherit value; }) values); });

  str = mkType {
    name = "str";
    description = "string";
    check = builtins.isString;
  };
  int = mkType {
    name = "int";
    description = "signed integer";
    check = builtins.isInt;
  };
  bool = mkType {
    name = "bool";
    description = "boolean";
    check = builtins.isBool;
  };
  float = mkType {
    name = "float";
    description = "floating point number";
    check = builtins.isFloat;
  };
  path = mkType {
    name = "path";
    check = isPathLike;
  };
  package = mkType {
    name = "package";
    check = it: lib.isDerivation it || isPathLike it;
    merge = mergeOnly;
  };
  raw = mkType {
    name = "raw";
    description = "raw value";
    check = _: true;
    merge = mergeOnly;
  };
  unspecified = mkType {
    name = "unspecified";
    description = "unspecified value";
    check = _: true;
  };
  attrs = mkType {
    name = "attrs";
    description = "attribute set";
    check = lib.isAttrs;
    emptyValue = { };
    merge = _: builtins.foldl' (all: one: all // one) { };
  };
  anything = mkType {
    name = "anything";
    check = _: true;
    merge =
      loc: values:
      if lib.all lib.isAttrs values then (attrsOf anything).merge loc values else mergeEqual loc values;
  };
  lines = mkType {
    name = "separatedString";
    description = "strings concatenated with \"\\n\"";
    check = builtins.isString;
    merge = _: lib.concatStringsSep "\n";
    functor.payload.sep = "\n";
  };
  ints.between = between "intBetween" builtins.isInt "integer";
  numbers.between = between "numberBetween" isNumber "integer or floating point number";
  port = ints.between 0 65535 // {
    description = "16 bit unsigned integer; between 0 and 65535 (both inclusive)";
  };
  enum =
    values:
    mkType {
      name = "enum";
      description = "one of ${lib.concatMapStringsSep ", " builtins.toJSON values}";
      check = it: lib.elem it values;
      functor.payload = { inherit values; };
    };

  nullOr =
    of:
    mkType {
      name = "nullOr";
      description = "null or ${of.description}";
      check = it: it == null || of.check it;
      emptyValue = null;
      merge = loc: values: if lib.elem null values then mergeEqual loc values else of.merge loc values;
      nestedTypes.elemType = of;
    };
  either =
    left: right:
    mkType {
      name = "either";
      # A type that is made of itself has no end.
      description = "${left.name} or ${right.name}";
      check = it: left.check it || right.check it;
      merge = loc: values: (if lib.all left.check values then left else right).merge loc values;
      nestedTypes = { inherit left right; };
    };
  coercedTo =
    from: convert: to:
    mkType {
      name = "coercedTo";
      description = "${to.description} or ${from.description} convertible to it";
      check = it: to.check it || from.check it && to.check (convert it);
      merge = loc: values: to.merge loc (map (it: if from.check it then convert it else it) values);
      nestedTypes = {
        coercedType = from;
        finalType = to;
      };
    };
  oneOf = all: builtins.foldl' either (lib.head all) (lib.tail all);
  # Values of any depth, as settings are.
  toml = oneOf [
    bool
    int
    float
    str
    path
    (attrsOf toml // { description = "attribute set"; })
    (listOf toml // { description = "list"; })
  ];
  json = nullOr (oneOf [
    bool
    int
    float
    str
    path
    (attrsOf json // { description = "attribute set"; })
    (listOf json // { description = "list"; })
  ]);

  listOf =
    of:
    mkType {
      name = "listOf";
      description = "list of (${of.description})";
      check = builtins.isList;
      emptyValue = [ ];
      merge =
        loc: values: lib.concatMap (it: inner (loc ++ [ "*" ]) of [ it ]) (lib.concatLists values);
      nestedTypes.elemType = of;
    };
  attrsOf =
    of:
    attributes "attrsOf" of
    // {
      merge =
        loc: values:
        let
          found = builtins.zipAttrsWith (name: inner (loc ++ [ name ]) of) (lib.concatMap lib.pushDown values);
        in
        lib.mapAttrs (_: lib.head) (lib.filterAttrs (_: it: it != [ ]) found);
    };
  # Which names there are is known without the values.
  lazyAttrsOf =
    of:
    attributes "lazyAttrsOf" of
    // {
      merge =
        loc: values:
        builtins.zipAttrsWith (name: given: lib.head (inner (loc ++ [ name ]) of given)) (
          lib.concatMap lib.pushDown values
        );
    };

  submodule =
    module:
    let
      evaluate =
        loc: values:
        lib.evalModules {
          modules = (if builtins.isList module then module else [ module ]) ++ values;
          prefix = loc;
          specialArgs.name = if loc == [ ] then "<name>" else lib.elemAt loc (lib.length loc - 1);
        };
    in
    mkType {
      name = "submodule";
      check = it: lib.isAttrs it || lib.isFunction it || builtins.isPath it;
      emptyValue = { };
      merge =
        loc: values:
        removeAttrs (evaluate loc (map (it: if lib.isAttrs it then { config = it; } else it) values)).config [
          "_module"
        ];
      nestedTypes = { inherit (evaluate [ ] [ ]) freeformType; };
      getSubOptions = loc: (evaluate loc [ ]).options;
    };
}
