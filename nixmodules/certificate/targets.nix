# The options that get a canary: of every path that a service declares dynamic, the option that it is or stands
# in, or all options below it. An option of a submodule is one; which names a set of them has is nobody's to assume,
# so there the whole set is it.
{
  lib,
  options,
  # { <service> = { options = [ "services.bar" … ]; … }; }
  services,
}:

let
  inherit (import ../dynamicism/schema/below.nix { inherit lib; }) optionOnTheWay;
  pathOf = import ../dynamicism/schema/path.nix { inherit lib; };
  showPath = import ../dynamicism/schema/show-path.nix;

  below =
    path: node:
    if lib.isOption node then
      [ path ]
    else if builtins.isAttrs node then
      lib.concatMap (name: below (path ++ [ name ]) node.${name}) (
        lib.attrNames (
          removeAttrs node [
            "_module"
            "_freeformOptions"
          ]
        )
      )
    else
      [ ];

  # How many names of a path stand behind the innermost option on it.
  innermost =
    option: rest:
    let
      found = optionOnTheWay (option.type.getSubOptions option.loc) rest;
      # A definition inside it takes the place of its default, which says something.
      isItsDefault = (option.highestPrio or 100) >= 1500 && (option.default or { }) != { };
    in
    if rest == [ ] || (option.type.name or "") != "submodule" || found == null || isItsDefault then
      lib.length rest
    else
      innermost found.option found.rest;

  targetsOf =
    path:
    let
      found = optionOnTheWay options path;
    in
    if found != null then
      [ (lib.take (lib.length path - innermost found.option found.rest) path) ]
    else
      below path (lib.attrByPath path { } options);
in
lib.unique (
  map showPath (
    lib.concatMap (service: lib.concatMap (option: targetsOf (pathOf option)) service.options) (
      lib.attrValues services
    )
  )
)
