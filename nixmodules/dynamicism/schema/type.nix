# A type of lib/types.nix as JSON, which lib/dynix/options reads.
#
# A type is a set of functions, and what it takes can only be learnt from its name, its description and
# its parts. A type that is not known here is described as such, and what it takes is left to Nix.
{
  lib,
  # A set of options to JSON, for the options of a submodule.
  members ? null,
}:

let
  plain = import ./plain.nix { inherit lib; };

  # Submodules inside submodules may have no end.
  deepest = 8;

  inherit (import ./below.nix { inherit lib; }) alternativesOf elementOf;

  # Whether a check of its own was put on the type, as addCheck does. mkOptionType has not set it then.
  hasOwnCheck =
    let
      placeOf = builtins.unsafeGetAttrPos "check";
    in
    type: placeOf type != placeOf lib.types.str;

  # The bounds of a number are nowhere but in its description. 'checked' says that the check of the type
  # is told in full.
  boundsOf =
    description:
    let
      between = builtins.match ".*between (-?[0-9][^ ]*) and (-?[0-9][^ ]*) \\(both inclusive\\).*" description;
    in
    if between != null then
      {
        checked = true;
        least = builtins.fromJSON (lib.elemAt between 0);
        most = builtins.fromJSON (lib.elemAt between 1);
      }
    else if lib.hasSuffix "meaning >=0" description then
      {
        checked = true;
        least = 0;
      }
    else if lib.hasSuffix "meaning >0" description then
      {
        checked = true;
        least = 0;
        leastExcluded = true;
      }
    else
      { };

  stringMatching =
    type:
    let
      words = "string matching the pattern ";
      pattern =
        type.functor.payload.pattern or (
          if lib.hasPrefix words type.description then lib.removePrefix words type.description else null
        );
    in
    { kind = "string"; } // (if pattern == null then { partial = true; } else { inherit pattern; });

  enumeration =
    type:
    let
      values = type.functor.payload.values or type.functor.payload;
      shown = map plain values;
    in
    {
      kind = "enumeration";
      values = shown;
    }
    # Some of them JSON cannot hold.
    // lib.optionalAttrs (shown != values) { open = true; };

  pathType =
    type:
    let
      only = type.functor.payload or null;
    in
    { kind = "path"; }
    # Libs of before 2025 have the one kind of path.
    // (if builtins.isAttrs only then lib.filterAttrs (_: value: value != null) only else { absolute = true; });

  # Types that are another one with a check, which their description tells.
  numbers =
    lib.genAttrs [
      "intBetween"
      "unsignedInt"
      "positiveInt"
      "unsignedInt8"
      "unsignedInt16"
      "unsignedInt32"
      "signedInt8"
      "signedInt16"
      "signedInt32"
    ] (_: type: { kind = "integer"; } // boundsOf type.description)
    // lib.genAttrs [
      "numberBetween"
      "numberNonnegative"
      "numberPositive"
    ] (_: type: { kind = "number"; } // boundsOf type.description);

  # Types that hold no others.
  plainTypes = {
    int = _: { kind = "integer"; };
    bool = _: { kind = "boolean"; };
    boolByOr = _: { kind = "boolean"; };
    float = _: { kind = "floating"; };
    str = _: { kind = "string"; };
    nonEmptyStr = _: {
      kind = "string";
      pattern = "[ \t\n]*";
      matchesNot = true;
    };
    singleLineStr = _: {
      kind = "string";
      pattern = "[^\n\r]*\n?";
    };
    separatedString = type: {
      kind = "string";
      separator = type.functor.payload.sep or type.functor.payload;
    };
    path = pathType;
    package = type: {
      kind = "package";
      # A shell package must be a derivation.
      takesStorePath = !hasOwnCheck type;
    };
    enum = enumeration;
    anything = _: { kind = "anything"; };
    attrs = _: {
      kind = "raw";
      set = true;
    };
    raw = _: { kind = "raw"; };
    unspecified = _: { kind = "raw"; };
    functionTo = _: { kind = "function"; };
  };

  # Types that hold others; `go` renders one.
  wrappers = {
    nullOr = go: type: {
      kind = "null-or";
      of = [ (go (elementOf type)) ];
    };
    either = go: type: {
      kind = "either";
      of = map go (alternativesOf type);
    };
    listOf =
      go: type:
      {
        kind = "list";
        of = [ (go (elementOf type)) ];
      }
      // lib.optionalAttrs (lib.hasPrefix "non-empty " type.description) {
        checked = true;
        notEmpty = true;
      };
    attrsOf = attributes;
    lazyAttrsOf = attributes;
    loaOf = attributes;
    coercedTo = go: type: {
      kind = "coerced";
      # Old libs do not tell what is converted.
      of = [
        (if type ? nestedTypes.coercedType then go type.nestedTypes.coercedType else { kind = "unknown"; })
        (go (type.nestedTypes.finalType or type.functor.wrapped))
      ];
    };
    unique = go: type: {
      kind = "unique";
      of = [ (go (elementOf type)) ];
    };
    uniq = wrappers.unique;
  };

  attributes =
    go: type:
    {
      kind = "attributes";
      of = [ (go (elementOf type)) ];
    }
    // lib.optionalAttrs (type.functor.payload.placeholder or "name" != "name") {
      inherit (type.functor.payload) placeholder;
    };

  submodule =
    depth: type:
    let
      freeform = type.nestedTypes.freeformType or null;
    in
    if depth >= deepest then
      { kind = "unknown"; }
    else
      {
        kind = "submodule";
        options = members (depth + 1) (type.getSubOptions [ ]);
      }
      // lib.optionalAttrs (freeform != null) { of = [ (render (depth + 1) [ ] freeform) ]; };

  tagged = depth: type: {
    kind = "tagged";
    options = members (depth + 1) type.nestedTypes;
  };

  # `above`: what stands around the type, up to the nearest submodule. The description of a type holds
  # that of its parts, unless it was set by hand: so one that meets its own description inside itself
  # has no end, such as a JSON value.
  render =
    depth: above: type:
    let
      key = "${type.name} ${type.description}";
      go = render depth (above ++ [ key ]);
      shape =
        if lib.elem key above then
          { kind = "again"; }
        else if numbers ? ${type.name} then
          numbers.${type.name} type
        else if plainTypes ? ${type.name} then
          plainTypes.${type.name} type
        else if wrappers ? ${type.name} then
          wrappers.${type.name} go type
        else if type.name == "submodule" then
          submodule depth type
        else if type.name == "attrTag" then
          tagged depth type
        else if lib.hasPrefix "strMatching " type.name then
          stringMatching type
        else if lib.hasPrefix "passwdEntry " type.name then
          {
            kind = "string";
            pattern = "[^:\n]*";
            checked = type.name == "passwdEntry str";
          }
        else
          { kind = "unknown"; };
    in
    {
      text = type.description;
    }
    // lib.optionalAttrs (hasOwnCheck type && !(shape.checked or false)) { partial = true; }
    // removeAttrs shape [ "checked" ];
in
{
  # The kind alone, for which nothing inside the type is looked at; of one that does not evaluate, as below.
  kindOf =
    type:
    let
      tried = builtins.tryEval (render 0 [ ] type).kind;
    in
    if tried.success then tried.value else "unknown";

  renderType =
    depth: type:
    let
      it = render depth [ ] type;
      rendered = builtins.tryEval (builtins.deepSeq it it);
    in
    if rendered.success then
      rendered.value
    else
      {
        kind = "unknown";
        text = "a type that could not be described";
      };
}
