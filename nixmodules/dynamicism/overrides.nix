# The overrides of a dynamic file, and whether the configuration with it makes of them what they say.
#
# The module system looks at priorities from the outside in (NixOS manual, "Setting Priorities"): of all
# definitions of a set only those with the highest priority are looked into. An override of `settings.threads`
# in a file is one definition of `settings`. Where the static ones have another priority, either it is lost, or
# all that they say is. So every value is compared, and those beside it.
{
  lib,
  # ./schema/plain.nix, guarded
  plain,
  # Both evaluations: `config` and `options`.
  static,
  dynamic,
  # The evaluation of the static configuration with one more module.
  extend,
  # What the file evaluates to as a module, and where it is.
  content,
  dynamicFile,
  # Whether what is told is for everybody, and the values are not.
  hideValues,
  # Which paths to look at.
  isOurs ? _: true,
  # The files that define the option of a path in the static configuration, where they are known.
  staticFilesAt ? null,
}:

let
  inherit (import ./schema/below.nix { inherit lib; }) canBeBelow optionBelow optionOnTheWay;

  # All overrides in a module, as { path, priority, content, definition }; `definition` puts another value in the
  # place of the content. dynix gives entries the priorities below 0; a set that is put at another one has some
  # of them inside.
  overridesIn =
    path: around: value:
    let
      property = value._type or null;
    in
    if !builtins.isAttrs value || lib.isDerivation value then
      [ ]
    else if property == "merge" then
      lib.concatMap (overridesIn path around) value.contents
    else if property == "if" then
      lib.optionals value.condition (overridesIn path around value.content)
    else if property == "override" && value.priority < 0 then
      [
        {
          inherit path;
          inherit (value) priority content;
          definition = other: around (value // { content = other; });
        }
      ]
    else if property == "override" then
      overridesIn path (inner: around (value // { content = inner; })) value.content
    else if property != null then
      [ ]
    else
      lib.concatLists (
        lib.mapAttrsToList (
          name: overridesIn (path ++ [ name ]) (inner: around { ${name} = inner; })
        ) value
      );
  all = lib.filter (one: isOurs one.path) (overridesIn [ ] (inner: inner) content);

  byPath = lib.groupBy (one: builtins.toJSON one.path) all;
  isBelowAnother =
    one:
    lib.any (length: byPath ? ${builtins.toJSON (lib.take length one.path)}) (
      lib.range 1 (lib.length one.path - 1)
    );
  # The last of each path. One on a set hides those below it.
  effective = lib.filter (one: !isBelowAnother one) (
    lib.mapAttrsToList (
      _: same: lib.foldl' (last: one: if one.priority < last.priority then one else last) (lib.head same) same
    ) byPath
  );

  notThere = "(not there)";
  shown =
    value:
    let
      text = builtins.toJSON value;
    in
    if value == notThere then
      "not there"
    else if lib.stringLength text <= 80 then text else "${lib.substring 0 77 text}...";
  # Words about values, and others where those are nobody's business.
  unlessHidden = words: without: if hideValues then without else words;
  nameOf = one: "entry ${toString (-one.priority)} of the dynamic file";

  # What the option makes of a value when that is all it gets: types convert, and `apply` is a function on top.
  madeOf =
    path: value:
    let
      found = optionOnTheWay dynamic.options path;
      inherit (found) option rest;
      below = optionBelow option rest;
      merged =
        (lib.mergeDefinitions path below.type [
          {
            file = "the dynamic file";
            inherit value;
          }
        ]).mergedValue;
      apply = it: it.apply or (same: same);
    in
    if found == null || below == null then
      [ ]
    else if rest == [ ] then
      [ (plain (apply option merged)) ]
    else
      [
        (plain (apply below merged))
        (plain (lib.attrByPath rest null (apply option (lib.setAttrByPath rest (apply below merged)))))
      ];
  # Whether that can be told: `apply` of an option may make anything of what is below it.
  isTold =
    path:
    let
      found = optionOnTheWay dynamic.options path;
    in
    found != null
    && (found.rest == [ ] || !(found.option ? apply))
    && optionBelow found.option found.rest != null;

  isTakenWhole =
    path:
    let
      found = optionOnTheWay dynamic.options path;
    in
    found != null && !canBeBelow (found.option.type or { name = "unspecified"; }) found.rest;

  lost =
    one:
    let
      said = plain one.content;
      is = plain (lib.attrByPath one.path notThere dynamic.config);
      was = plain (lib.attrByPath one.path notThere static.config);
      # A type that takes sets as a whole leaves the override itself in them, instead of its value.
      isLeft = lib.isAttrs is && is ? _type;
      holds =
        is == said
        || lib.elem is (madeOf one.path one.content)
        || (!isTold one.path && is != was && !isLeft);
    in
    if lib.isAttrs one.content && one.content ? _type && !lib.isDerivation one.content then
      "'${lib.showOption one.path}' is given a property such as mkForce or mkIf by ${nameOf one}, which is no value inside an override. Append the value itself."
    else if holds then
      null
    else if isLeft || isTakenWhole one.path then
      "'${lib.showOption one.path}' stands in a set that its option takes as a whole, without priorities inside, so ${nameOf one} does not hold. Undo it, and append the whole set."
    else
      "'${lib.showOption one.path}' is ${unlessHidden "${shown is} with the dynamic file, though ${nameOf one} says ${shown said}" "not what ${nameOf one} says"}: a static definition around it has another priority. Append it again: `dynix append` writes it so that it holds, or says what does.";

  # What stands below a path without an override of its own, and is not what it was.
  changedBeside =
    path: below: was: is:
    if lib.elem [ ] below then
      [ ]
    else if below == [ ] then
      lib.optional (was != is) { inherit path was is; }
    else if !lib.isAttrs was then
      [ ]
    else
      lib.concatMap (
        name:
        changedBeside (path ++ [ name ]) (map lib.tail (lib.filter (rest: lib.head rest == name) below))
          was.${name}
          (if lib.isAttrs is then is.${name} or notThere else notThere)
      ) (lib.attrNames was);

  # By option, the paths below it that have overrides.
  located = lib.concatMap (
    one:
    let
      found = optionOnTheWay dynamic.options one.path;
      option = lib.take (lib.length one.path - lib.length found.rest) one.path;
    in
    lib.optional (found != null) {
      inherit option;
      inherit (found) rest;
    }
  ) effective;
  byOption = lib.attrValues (lib.groupBy (it: builtins.toJSON it.option) located);

  # The same overrides with the static values: whatever is not static then is what their priorities do, and not
  # what follows from their values.
  putBack = extend {
    config = lib.mkMerge (
      map (one: one.definition (lib.attrByPath one.path one.content static.config)) all
    );
  };
  besideIn =
    evaluation: same:
    let
      inherit (lib.head same) option;
      valueIn = it: plain (lib.attrByPath option null it.config);
    in
    changedBeside option (map (it: it.rest) same) (valueIn static) (valueIn evaluation);
  moved =
    same:
    map
      (
        it:
        "'${lib.showOption it.path}' is ${unlessHidden "${shown it.is} with the dynamic file, which has no override of it, and was ${shown it.was}" "not what it was, though the dynamic file has no override of it"}: a static definition around it has another priority than the overrides beside it. Undo those, and append them again: `dynix append` writes them so that all else stays."
      )
      (
        # Nearly always the first comparison is enough.
        if besideIn dynamic same == [ ] then [ ] else besideIn putBack same
      );
  # A flake has a copy of it in the store, and links give it other names.
  isTheFile =
    file:
    toString file == dynamicFile
    || (
      baseNameOf (toString file) == baseNameOf dynamicFile
      && builtins.pathExists file
      && builtins.readFile file == builtins.readFile dynamicFile
    );
  # The strings and numbers in a value, as text that quotes them has them.
  textsIn =
    value:
    if builtins.isAttrs value && !lib.isDerivation value then
      lib.concatMap textsIn (lib.attrValues value)
    else if builtins.isList value then
      lib.concatMap textsIn value
    else if builtins.isString value then
      lib.optional (value != "") (builtins.unsafeDiscardStringContext value)
    else
      lib.optional (builtins.isInt value || builtins.isFloat value) (builtins.toJSON value);
  texts = lib.concatMap (one: textsIn one.content) all;
in
{
  # A message of a module, or where it quotes a value that is nobody's business, what it is.
  withoutValues =
    kind: message:
    if hideValues && builtins.replaceStrings texts (map (_: "") texts) message != message then
      "a ${kind} that has a value of the dynamic file in it, which others may not read"
    else
      message;

  # Whether the static configuration has these overrides itself.
  imported = lib.any (
    one:
    let
      found = optionOnTheWay static.options one.path;
    in
    lib.any isTheFile (
      if staticFilesAt != null then
        staticFilesAt one.path
      else
        lib.optionals (found != null) (found.option.files or [ ])
    )
  ) effective;

  # Where what the file says is not what comes of it, in words.
  problems = lib.filter (it: it != null) (map lost effective) ++ lib.concatMap moved byOption;
}
