# What no loaded module declares, for two evaluations. In that whose result is used, each such option is one that
# ends the evaluation with the name of the module that declares it when its value is read; it is an option of its own
# and not only the group it is in, so that `options ? a.b`, `config ? a.b` and the search for mistyped options answer
# as with all modules. In the other one whole groups are kept as they are defined: no definition has to be evaluated
# to see that there is one.
{
  lib,
  # What ./index.nix gives.
  index,
  # What the loaded modules declare.
  options,
  # What reading an option gives, by its path and the modules that declare it.
  value ?
    loc: declaredBy:
    throw ''
      the option `${lib.showOption loc}' is read, and no loaded module declares it.
      Add ${lib.concatStringsSep " and " declaredBy} to the module list.'',
}:
let
  isLeaf = builtins.isList;

  type = lib.mkOptionType {
    name = "undeclared";
    description = "anything";
    check = _: true;
    merge = _: definitions: definitions;
    emptyValue.value = [ ];
  };
  hidden =
    more:
    lib.mkOption (
      {
        inherit type;
        description = "An option that no loaded module declares.";
        internal = true;
        visible = false;
      }
      // more
    );
  unread =
    loc: node:
    if isLeaf node then
      hidden { apply = _: value loc node; }
    else
      lib.mapAttrs (name: unread (loc ++ [ name ])) node;

  # `f` of each group of the index of which nothing is declared, in the shape of the options.
  groups =
    f: loc: node: declared:
    let
      known = name: declared ? ${name} && (isLeaf node.${name} || lib.isOption declared.${name});
    in
    lib.mapAttrs (
      name: inner:
      (if declared ? ${name} then groups f else (here: node: _: f here node)) (loc ++ [ name ]) inner (
        declared.${name} or { }
      )
    ) (removeAttrs node (lib.filter known (lib.attrNames node)));

  # The single options that a definition is of; conditions below the group are not looked at.
  optionsOf =
    loc: node: value:
    let
      kind = value._type or null;
      inner = name: optionsOf (loc ++ [ name ]) (node.${name} or [ ]) value.${name};
    in
    if isLeaf node then
      [
        {
          option = loc;
          declaredBy = node;
        }
      ]
    else if kind == "merge" then
      lib.concatMap (optionsOf loc node) value.contents
    else if kind == "if" || kind == "override" || kind == "order" then
      optionsOf loc node value.content
    else if !builtins.isAttrs value then
      optionsOf loc [ ] value
    else
      lib.concatMap inner (lib.attrNames value);

  # A condition that reads an undeclared option cannot be applied: then the group is all that is known.
  definedIn =
    evaluated: loc: node:
    let
      definitions = (lib.getAttrFromPath loc evaluated).definitionsWithLocations;
      found = lib.concatMap (
        it: map (one: one // { file = toString it.file; }) (optionsOf loc node it.value)
      ) definitions;
      tried = builtins.tryEval (builtins.deepSeq found found);
    in
    if tried.success then
      tried.value
    else
      [
        {
          option = loc;
          declaredBy = lib.unique (leaves node);
          file = null;
        }
      ];
  leaves = node: if isLeaf node then node else lib.concatMap leaves (lib.attrValues node);
  flat = tree: if builtins.isList tree then tree else lib.concatMap flat (lib.attrValues tree);
in
{
  # For the evaluation whose result is used.
  module = {
    _file = ./undeclared.nix;
    options = groups unread [ ] index options;
  };
  # For the one that says what is defined.
  keeping = {
    _file = ./undeclared.nix;
    options = groups (_: _: hidden { }) [ ] index options;
  };
  # What is defined, given the options of the system with `keeping`: the option, the file of the definition (null
  # where a condition reads an undeclared option), and the modules that declare the option.
  # Options that cannot be had at all are an error at once, and not one of each group.
  definitions = kept: builtins.seq kept (flat (groups (definedIn kept) [ ] index options));
}
