# What is wrong with a list of runtime modules, in sentences that name the option.
{
  lib,
  modules,
  # The option that has them.
  option,
}:

let
  names = map (module: module.name) modules;
  # Of two modules with one name, which is a fault of its own, either will do.
  byName = lib.listToAttrs (map (module: lib.nameValuePair module.name module) modules);
  listed = lib.concatMapStringsSep ", " (text: "'${text}'");

  duplicates = lib.attrNames (
    lib.filterAttrs (_: same: lib.length same > 1) (lib.groupBy (name: name) names)
  );

  # What lib/dynix/modules takes as a name.
  isName = name: builtins.match "[a-zA-Z0-9][a-zA-Z0-9._+-]*" name != null;
  badNames = lib.filter (name: !isName name) names;

  empty = map (module: module.name) (
    lib.filter (module: module.path == null && module.imports == [ ]) modules
  );

  unknownIn =
    relation:
    lib.concatMap (
      module:
      map (name: "'${name}' in `${relation}` of '${module.name}'") (
        lib.filter (name: !(byName ? ${name})) module.${relation}
      )
    ) modules;
  unknown = unknownIn "requires" ++ unknownIn "conflicts";

  # Without the modules that require none of them, again and again: what stays leads into a cycle.
  leadingToCycle =
    left:
    let
      stay = lib.filterAttrs (_: module: lib.any (name: left ? ${name}) module.requires) left;
    in
    if lib.attrNames stay == lib.attrNames left then left else leadingToCycle stay;
  cycle =
    let
      left = leadingToCycle byName;
      walk =
        way: name:
        if lib.elem name way then
          from name (way ++ [ name ])
        else
          walk (way ++ [ name ]) (lib.findFirst (next: left ? ${next}) null byName.${name}.requires);
      from = name: way: if lib.head way == name then way else from name (lib.drop 1 way);
    in
    if left == { } then [ ] else walk [ ] (lib.head (lib.attrNames left));

  # A module and all that it requires.
  allOf =
    name:
    map (found: found.key) (
      builtins.genericClosure {
        startSet = [ { key = name; } ];
        operator =
          found: map (key: { inherit key; }) (lib.filter (next: byName ? ${next}) byName.${found.key}.requires);
      }
    );
  contradictions = lib.concatMap (
    module:
    let
      all = allOf module.name;
    in
    lib.concatMap (
      one:
      map (other: "'${module.name}' needs '${one}' and '${other}', which conflict") (
        lib.filter (other: lib.elem other all) byName.${one}.conflicts
      )
    ) all
  ) modules;

  fault = found: text: lib.optional (found != [ ]) "`${option}` ${text}";
in
fault duplicates "has several modules of one name: ${listed duplicates}. Give each a name of its own."
++ fault badNames "has names that the command line could not take: ${
  lib.concatMapStringsSep ", " builtins.toJSON badNames
}. Use letters, digits and '._+-', with a letter or a digit first."
++ fault empty "has modules with nothing in them: ${listed empty}. Set their `path` or `imports`."
++ fault unknown "names modules that are not in it: ${lib.concatStringsSep ", " unknown}. Add them or correct the names."
++ fault cycle "has modules that require each other in a circle: ${
  lib.concatMapStringsSep " -> " (name: "'${name}'") cycle
}. Take one `requires` of them away."
++ fault contradictions "has modules that could never be on: ${lib.concatStringsSep ", " contradictions}. Correct their `requires` or `conflicts`."
