# Values as a slice keeps them: what JSON has, bit by bit; texts with what they refer to, and of packages what modules
# ask of them; and holes in the place of all else, such as functions, and of what is not known to be the same for every
# value of an option.
#
#   { v = 5; }                         the value
#   { s = "/nix/store/…"; c = { … }; } a text, with what it refers to (builtins.getContext)
#   { a = { name = …; }; }             a set with those names
#   { l = [ … ]; }                     a list
#   { n = [ … ]; d = [ [name …] … ]; } a derivation: the names of all its attributes, and some of them
#   null                               a hole
{ lib }:

let
  deepest = 8;
  isPlain = kept: kept != null && kept ? v;

  textOf =
    text:
    if builtins.hasContext text then
      {
        s = builtins.unsafeDiscardStringContext text;
        c = builtins.getContext text;
      }
    else
      { v = text; };

  # What modules ask of a package, and of a stdenv, besides its outputs, and which program it has (`meta.mainProgram`,
  # of lib.getExe). All else, such as what it is built of, is for packages; and its platforms have functions.
  asked = [
    "drvPath"
    "name"
    "outPath"
    "outputName"
    "outputSpecified"
    "outputUnspecified"
    "outputs"
    "pname"
    "psqlSchema"
    "shell"
    "shellDryRun"
    "shellPath"
    "system"
    "type"
    "version"
  ];
  # Some packages have these without being built so.
  usual = [
    "bin"
    "dev"
    "lib"
    "man"
    "out"
  ];
  derivation =
    package:
    let
      tried = builtins.tryEval (builtins.deepSeq package.outputs or [ ] package.outputs or [ ]);
      outputs = if tried.success then tried.value else [ ];
      of =
        names: keep:
        map (name: [
          name
          (keep package.${name})
        ]) (lib.filter (name: package ? ${name}) names);
      about =
        meta:
        let
          tried = builtins.tryEval (builtins.isAttrs meta && !lib.isDerivation meta);
        in
        if tried.success && tried.value then
          { a = lib.mapAttrs (name: it: if name == "mainProgram" then complete (kept 1 it) else null) meta; }
        else
          null;
      # Each has the others again.
      inner = output: {
        n = lib.attrNames output;
        d = lib.filter (one: lib.elem (lib.head one) asked) (derivation output).d;
      };
    in
    {
      n = lib.attrNames package;
      d =
        of asked (given: complete (kept 1 given))
        ++ of [ "meta" ] about
        ++ of (lib.subtractLists asked (lib.unique (outputs ++ usual))) (
          output: if isDerivation output then inner output else null
        );
    };
  # Functions are equal only where they are the same one, and so are sets that have any: two sets that are restored
  # of one would not be. What has a hole, which may be a function, is not kept in part: it is a hole itself.
  complete =
    let
      isComplete =
        it:
        it != null
        && (!(it ? a) || lib.all isComplete (lib.attrValues it.a))
        && (!(it ? l) || lib.all isComplete it.l);
    in
    it: if isComplete it then it else null;
  isDerivation =
    value:
    let
      tried = builtins.tryEval (builtins.isAttrs value && value.type or null == "derivation");
    in
    tried.success && tried.value;
  attributesOf =
    it:
    lib.listToAttrs (map (one: lib.nameValuePair (builtins.elemAt one 0) (builtins.elemAt one 1)) it.d);

  kept =
    depth: given:
    let
      tried = builtins.tryEval given;
      value = tried.value;
    in
    if !tried.success || depth > deepest then
      null
    else if isDerivation value then
      derivation value
    else if builtins.isAttrs value then
      # What evaluates to a text, and what the module system takes for more than a value.
      if value ? outPath || value ? __toString || value ? __functor || value ? _type then
        null
      else
        let
          inner = lib.mapAttrs (_: kept (depth + 1)) value;
        in
        if lib.all isPlain (lib.attrValues inner) then
          { v = lib.mapAttrs (_: it: it.v) inner; }
        else
          { a = inner; }
    else if builtins.isList value then
      let
        inner = map (kept (depth + 1)) value;
      in
      if lib.all isPlain inner then { v = map (it: it.v) inner; } else { l = inner; }
    else if builtins.isString value then
      textOf value
    else if value == null || builtins.isBool value || builtins.isInt value then
      { v = value; }
    else
      null;
in
{
  keep = kept 0;
  # Null where anything of it would be a hole.
  keepWhole = given: complete (kept 0 given);

  # What of it needs nothing in the store; holes in the place of the rest.
  withoutStore =
    let
      of =
        it:
        if it == null || it ? v then
          it
        else if it ? a then
          { a = lib.mapAttrs (_: of) it.a; }
        else if it ? l then
          { l = map of it.l; }
        else
          null;
    in
    of;

  # Of a package, or of what is beside packages: of sets of them nothing.
  keepPackage =
    given:
    let
      tried = builtins.tryEval given;
    in
    if tried.success && (builtins.isString tried.value || isDerivation tried.value) then
      kept 0 tried.value
    else
      null;

  # The value again; in the place of a hole is what `was` has there, which is not looked at for anything else.
  restore =
    let
      restored =
        was: it:
        if it == null then
          was
        else if it ? v then
          it.v
        else if it ? s then
          builtins.appendContext it.s it.c
        else if it ? a then
          lib.mapAttrs (name: restored was.${name}) it.a
        else if it ? n then
          let
            attributes = attributesOf it;
          in
          lib.genAttrs it.n (name: restored was.${name} (attributes.${name} or null))
        else
          lib.imap0 (number: restored (builtins.elemAt was number)) it.l;
    in
    restored;

  # Whether a value is what was kept of it.
  isKept =
    let
      is =
        it: value:
        if it == null then
          true
        else if it ? v then
          value == it.v
        else if it ? s then
          builtins.isString value
          && builtins.unsafeDiscardStringContext value == it.s
          && builtins.getContext value == it.c
        else if it ? a then
          lib.attrNames value == lib.attrNames it.a
          && lib.all (name: is it.a.${name} value.${name}) (lib.attrNames it.a)
        else if it ? n then
          let
            attributes = attributesOf it;
          in
          lib.attrNames value == it.n
          && lib.all (name: is attributes.${name} value.${name}) (lib.attrNames attributes)
        else
          lib.length value == lib.length it.l && lib.all (same: same) (lib.zipListsWith is it.l value);
    in
    is;

  # A value that calls `hole` when what has a hole in its place is looked at.
  watch =
    hole:
    let
      watched =
        it: value:
        if it == null then
          hole value
        else if it ? v || it ? s then
          value
        else if it ? a then
          lib.mapAttrs (name: inner: watched inner value.${name}) it.a
        else if it ? n then
          let
            attributes = attributesOf it;
          in
          lib.genAttrs it.n (name: watched (attributes.${name} or null) value.${name})
        else
          lib.zipListsWith watched it.l value;
    in
    watched;
}
