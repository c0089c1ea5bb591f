# The options of a system as a tree of JSON, which lib/dynix/options reads:
#
#   null                  an option that no service declares dynamic: only its name is of use
#   { below = { … }; }    names with more below
#   { alias = [ … ]; }    an old name of the option with this path
#   { type = …; … }       an option that may change, or one inside a submodule
{
  lib,
  options,
  config,
  # { <service> = [ "services.distccd.maxJobs" … ]; }
  dynamic,
}:

let
  plain = import ./plain.nix { inherit lib; };
  parsePath = import ./path.nix { inherit lib; };
  inherit (import ./type.nix { inherit lib members; }) renderType;
  prioritiesOf = import ./priorities.nix { inherit lib; };

  isOption = node: node._type or null == "option";

  # The file of an option. Of a flake without the path of its source, which is another one in each evaluation where
  # nix.conf says lazy-trees, and the system would be with it.
  isOfFlake = config.dynamicism.source.kind or null == "flake";
  nameOf =
    file:
    let
      inSource = builtins.match "${builtins.storeDir}/[^/]+/(.*)" file;
    in
    if isOfFlake && inSource != null then lib.head inSource else file;

  # What the module system adds to a group of options is none.
  childrenOf =
    group:
    lib.filterAttrs (_: builtins.isAttrs) (
      removeAttrs group [
        "_module"
        "_freeformOptions"
      ]
    );

  # `it` without what is null, so that the file has only what is to be said.
  present = lib.filterAttrs (_: value: value != null);
  tryAll = value: builtins.tryEval (builtins.deepSeq value value);
  attempt =
    value:
    let
      tried = tryAll value;
    in
    if tried.success then tried.value else null;
  onlyIf = condition: if condition then true else null;

  # Markdown; for some years it stood in a set of its own.
  descriptionOf =
    option:
    let
      written = option.description or null;
    in
    attempt (plain (if builtins.isAttrs written then written.text or null else written));

  # What is said of every option, in a submodule or out of it.
  describe =
    depth: option:
    present {
      type = renderType depth (option.type or lib.types.unspecified);
      description = descriptionOf option;
      readOnly = onlyIf (attempt (option.readOnly or false) == true);
      internal = onlyIf (attempt (option.internal or false) == true);
      # Not whether the module itself defines it: to find out may end the evaluation.
      required = onlyIf (!(option ? default));
      hidden = onlyIf (attempt (option.visible or true) == false);
    };

  # The options of a submodule.
  members =
    depth: group:
    lib.mapAttrs (
      _: node: if isOption node then describe depth node else { below = members depth node; }
    ) (childrenOf group);

  # mkRenamedOptionModule and mkAliasOptionModule leave the target in the description only. Every other
  # description is left alone: it may cost much, or fail.
  targetOf =
    option:
    let
      text = descriptionOf option;
      found = builtins.match "Alias of (\\{option}`|<option>)(.*)(`|</option>)\\." text;
      target = parsePath (lib.elemAt found 1);
    in
    if option ? apply && !(option ? default) && builtins.isString text && found != null then
      if lib.hasAttrByPath target options then target else null
    else
      null;

  # The marks of the services: which path of which service, and once it leads below an option, what
  # remains of it. An old name in a path is followed.
  locate =
    walked: remaining: node:
    if isOption node then
      let
        target = targetOf node;
      in
      if target != null then
        locate [ ] (target ++ remaining) options
      else
        {
          path = walked;
          inherit remaining;
        }
    else if remaining == [ ] then
      {
        path = walked;
        inherit remaining;
      }
    else if builtins.isAttrs node && node ? ${lib.head remaining} then
      locate (walked ++ [ (lib.head remaining) ]) (lib.tail remaining) node.${lib.head remaining}
    else
      null;
  marks = lib.concatLists (
    lib.mapAttrsToList (
      service: paths:
      lib.concatMap (
        text:
        let
          found = locate [ ] (parsePath text) options;
        in
        lib.optional (found != null) (found // { inherit service; })
      ) paths
    ) dynamic
  );

  # An option that may change: with its static value, and with the places below it that may when it is
  # not all of it.
  dynamicOption =
    path: node: here:
    let
      limits = map (mark: mark.remaining) here;
      value = tryAll (plain (lib.attrByPath path (throw "no value") config));
      # What these hold may have no end, or cost much.
      isCode = lib.elem described.type.kind [
        "raw"
        "function"
        "package"
        "unknown"
      ];
      described = describe 0 node;
    in
    described
    // present {
      service = (lib.head here).service;
      declarations = attempt (map (file: plain (nameOf (toString file))) (node.declarations or [ ]));
      limitedTo = if lib.elem [ ] limits then null else limits;
      priorities = attempt (
        if !isCode then
          prioritiesOf node
        else if node.isDefined or false then
          node.highestPrio
        else
          { }
      );
    }
    // lib.optionalAttrs (!isCode && value.success) { inherit (value) value; };

  # `above`: the marks on the way here that cover everything below; `inside`: those further down.
  walk =
    path: above: inside: node:
    let
      here = above ++ lib.filter (mark: mark.path == path) inside;
      byName = lib.groupBy (mark: lib.elemAt mark.path (lib.length path)) (
        lib.filter (mark: mark.path != path) inside
      );
    in
    if isOption node then
      let
        target = targetOf node;
      in
      if target != null then
        { alias = target; }
      else if here != [ ] then
        dynamicOption path node here
      else
        null
    else
      {
        below = lib.mapAttrs (name: walk (path ++ [ name ]) here (byName.${name} or [ ])) (
          childrenOf node
        );
      };
in
{
  version = 1;
  options = (walk [ ] [ ] marks options).below;
}
