# A value as far as JSON has it: what it has not (functions, packages) is null, a path is its text.
{
  lib,
  # Whether what does not evaluate is null too, so that it does not hide what is beside it.
  guarded ? false,
}:

let
  # What refers to itself has no end; a setting is not nested that deeply.
  deepest = 32;

  guard =
    value:
    let
      tried = builtins.tryEval value;
    in
    if tried.success then tried.value else null;

  plainAt =
    depth: given:
    let
      value = if guarded then guard given else given;
    in
    if depth > deepest || lib.isFunction value || lib.isDerivation value then
      null
    else if builtins.isAttrs value then
      # JSON would take such a set for its text.
      if value ? outPath || value ? __toString then
        null
      else
        lib.mapAttrs (_: plainAt (depth + 1)) value
    else if builtins.isList value then
      map (plainAt (depth + 1)) value
    else if builtins.isPath value then
      builtins.toString value
    else if builtins.isString value then
      builtins.unsafeDiscardStringContext value
    else
      value;
in
plainAt 0
