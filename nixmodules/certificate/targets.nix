# The options that get a canary: of every path that a service declares dynamic, the option that it is or stands
# in, or all options below it. An option of a submodule is one where the submodule has a definition already; which
# names a set of them has is nobody's to assume, so there the whole set is it.
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

  # What definitions of a set have at a path in it, as far as it is of the priority that all have that say none.
  definedAt =
    path: value:
    let
      property = value._type or null;
    in
    if builtins.isAttrs value && property == "merge" then
      lib.concatMap (definedAt path) value.contents
    else if builtins.isAttrs value && property == "if" then
      lib.optionals value.condition (definedAt path value.content)
    else if builtins.isAttrs value && property != null then
      [ ]
    else if path == [ ] then
      [ value ]
    else
      lib.optionals (builtins.isAttrs value && value ? ${lib.head path}) (
        definedAt (lib.tail path) value.${lib.head path}
      );

  # How many names of a path stand behind the innermost option on it. A definition inside an option takes the place of
  # what the whole has by a weaker one, its default or a mkDefault, also where it comes to nothing: so it is inside
  # only where that is defined already.
  innermost =
    option: isDefined: definitions: rest:
    let
      found = optionOnTheWay (option.type.getSubOptions option.loc) rest;
      between = lib.take (lib.length rest - lib.length found.rest) rest;
      # What is below a submodule is declared without its definitions.
      inside = lib.concatMap (definedAt between) definitions;
    in
    if rest == [ ] || (option.type.name or "") != "submodule" || found == null || !isDefined then
      lib.length rest
    else
      innermost found.option (inside != [ ]) inside found.rest;

  targetsOf =
    path:
    let
      found = optionOnTheWay options path;
    in
    if found != null then
      let
        inherit (found) option rest;
        isDefined = (option.highestPrio or 100) <= 100;
      in
      [ (lib.take (lib.length path - innermost option isDefined (option.definitions or [ ]) rest) path) ]
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
