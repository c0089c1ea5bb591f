# What no loaded module declares: for each such option, or group of options, one that takes any definition, keeps
# it, and ends the evaluation with the name of the module that declares it when somebody reads it.
{
  lib,
  # What ./index.nix gives.
  index,
  # What the loaded modules declare.
  options,
}:
let
  isLeaf = builtins.isList;

  # What stands for a group is a group of its own, so that `config ? a.b` answers as with the whole list.
  unread =
    loc: node:
    if isLeaf node then
      throw ''
        the option `${lib.showOption loc}' is read, and no loaded module declares it.
        Add ${lib.concatStringsSep " and " node} to the module list.''
    else
      lib.mapAttrs (name: unread (loc ++ [ name ])) node;

  type = lib.mkOptionType {
    name = "undeclared";
    description = "anything";
    check = _: true;
    merge = _: definitions: definitions;
    emptyValue.value = [ ];
  };
  kept =
    loc: node:
    lib.mkOption {
      inherit type;
      apply = _: unread loc node;
      description = "An option that no loaded module declares.";
      internal = true;
      visible = false;
    };

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
  module = {
    _file = ./undeclared.nix;
    options = groups kept [ ] index options;
  };
  # What is defined of it, given the options of the system with that module: the option, the file of the
  # definition, and the modules that declare the option; none do of a mistyped one.
  # Options that cannot be had at all are an error at once, and not one of each group.
  definitions = evaluated: builtins.seq evaluated (flat (groups (definedIn evaluated) [ ] index options));
}
