# At which priority the configuration defines an option, and every name below it:
#
#   100                               a value
#   { at = 100; below = { … }; }      a set, with what it has
#   { below = { … }; }                options of a submodule that have a name in common, which is none itself
#
# Only definitions that count are looked at (NixOS manual, "Setting Priorities"): of a set, those with its highest
# priority. `dynix append` puts an override at the same one, so that they stay.
{ lib }:

let
  inherit (import ./below.nix { inherit lib; }) elementOf optionBelow;

  # What refers to itself has no end; a setting is not nested that deeply.
  deepest = 32;

  isSet = value: builtins.isAttrs value && !lib.isDerivation value && !(value ? outPath || value ? _type);

  # What definitions come to: those that count, and their priority.
  merge =
    values:
    let
      merged = lib.mergeDefinitions [ ] lib.types.unspecified (
        map (value: {
          file = "";
          inherit value;
        }) values
      );
    in
    {
      values = map (it: it.value) merged.defsFinal'.values;
      inherit (merged.defsFinal') highestPrio;
    };

  # Options and groups of options in a submodule; what the module system adds is none.
  declaredIn =
    option:
    let
      type = option.type or { name = "none"; };
    in
    if type.name == "submodule" then
      removeAttrs (type.getSubOptions [ ]) [
        "_module"
        "_freeformOptions"
      ]
    else if type.name == "nullOr" then
      declaredIn { type = elementOf type; }
    else
      { };

  # A group's definitions are those of its options: a priority on it is one on each of them.
  pushedDown =
    value:
    let
      property = value._type or null;
    in
    if property == "merge" then
      lib.concatMap pushedDown value.contents
    else if property == "if" then
      lib.optionals value.condition (pushedDown value.content)
    else if property == "override" then
      map (lib.mapAttrs (_: lib.mkOverride value.priority)) (pushedDown value.content)
    else
      [ value ];

  # `declared`: what is declared below; `optionOf`: the option of a name that is no group.
  namesIn =
    depth: declared: optionOf: sets:
    let
      valuesOf = name: lib.concatMap (set: lib.optional (set ? ${name}) set.${name}) sets;
      of =
        name:
        let
          node = declared.${name} or { };
          option = if lib.isOption node then node else optionOf name;
          # The default of an option is a definition like others.
          found = merge (
            lib.optional (option ? default) (lib.mkOptionDefault option.default) ++ valuesOf name
          );
        in
        if declared ? ${name} && !lib.isOption node then
          { below = namesIn (depth + 1) node (_: { }) (lib.filter isSet (lib.concatMap pushedDown (valuesOf name))); }
        else if found.values == [ ] then
          null
        else
          at (depth + 1) option found.highestPrio found.values;
    in
    lib.filterAttrs (_: it: it != null) (
      lib.genAttrs (lib.attrNames (lib.foldl' (all: one: all // one) declared sets)) of
    );

  at =
    depth: option: priority: values:
    let
      sets = lib.filter isSet values;
      optionOf =
        name:
        let
          found = if option ? type then optionBelow option [ name ] else null;
        in
        if found == null then { } else found;
    in
    if depth > deepest || sets == [ ] then
      priority
    else
      {
        at = priority;
        below = namesIn depth (declaredIn option) optionOf sets;
      };
in
option:
if option.isDefined or false then
  at 0 option option.highestPrio (map (it: it.value) option.definitionsWithLocations)
else
  # Known to be defined nowhere.
  { }
