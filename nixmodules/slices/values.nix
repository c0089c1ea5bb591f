# Values as a slice keeps them: what JSON has, bit by bit; and holes in the place of all else, such as packages and
# functions, and of what is not known to be the same for every value of an option.
#
#   { v = 5; }                     the value
#   { a = { name = …; }; }         a set with those names
#   { l = [ … ]; }                 a list
#   null                           a hole
{ lib }:

let
  deepest = 8;
  isPlain = kept: kept != null && kept ? v;

  kept =
    depth: given:
    let
      tried = builtins.tryEval given;
      value = tried.value;
    in
    if !tried.success || depth > deepest then
      null
    else if builtins.isAttrs value then
      # What evaluates to a text, and what the module system takes for more than a value.
      if value ? type && !(builtins.tryEval (value.type != "derivation" && true)).value then
        null
      else if value ? outPath || value ? __toString || value ? __functor || value ? _type then
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
      if builtins.hasContext value then null else { v = value; }
    else if value == null || builtins.isBool value || builtins.isInt value then
      { v = value; }
    else
      null;
in
{
  keep = kept 0;

  # The value again; `hole` is what is in the place of each hole.
  restore =
    hole:
    let
      restored =
        it:
        if it == null then
          hole
        else if it ? v then
          it.v
        else if it ? a then
          lib.mapAttrs (_: restored) it.a
        else
          map restored it.l;
    in
    restored;

  # A value that calls `hole` when what has a hole in its place is looked at.
  watch =
    hole:
    let
      watched =
        it: value:
        if it == null then
          hole value
        else if it ? v then
          value
        else if it ? a then
          lib.mapAttrs (name: inner: watched inner value.${name}) it.a
        else
          lib.zipListsWith watched it.l value;
    in
    watched;
}
