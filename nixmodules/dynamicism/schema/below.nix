# From a type to what stands below a value of it, name by name.
{ lib }:

let
  # The first attribute that is there; libs of before 2021 have only the functor.
  elementOf =
    type: type.nestedTypes.elemType or type.functor.payload.elemType or type.functor.wrapped;
  alternativesOf =
    type:
    if type ? nestedTypes.left then
      [
        type.nestedTypes.left
        type.nestedTypes.right
      ]
    else
      type.functor.wrapped;

  typeOf = option: option.type or { name = "unspecified"; };

  # The option at the beginning of a path through sets of options, with the rest of the path; null for none.
  optionOnTheWay =
    node: path:
    if lib.isOption node then
      {
        option = node;
        rest = path;
      }
    else if path != [ ] && builtins.isAttrs node && node ? ${lib.head path} then
      optionOnTheWay node.${lib.head path} (lib.tail path)
    else
      null;

  # Where a path below an option leads, as far as types tell: a list of options with the rest of the path that they
  # have no types for, more than one below alternatives and none where nothing is declared. A set of options is a
  # null.
  placesBelow =
    option: path:
    let
      type = typeOf option;
      below = inner: placesBelow { type = inner; };
      declared = type.getSubOptions [ ];
      found = optionOnTheWay declared path;
      freeform = type.nestedTypes.freeformType or null;
    in
    if path == [ ] then
      [ { inherit option path; } ]
    else if lib.elem type.name [ "attrsOf" "lazyAttrsOf" "loaOf" ] then
      below (elementOf type) (lib.tail path)
    else if type.name == "nullOr" then
      below (elementOf type) path
    else if type.name == "coercedTo" then
      below (type.nestedTypes.finalType or type.functor.wrapped) path
    else if type.name == "either" then
      lib.concatMap (side: below side path) (alternativesOf type)
    else if type.name == "submodule" then
      if found != null then
        placesBelow found.option found.rest
      else
        lib.optional (lib.hasAttrByPath path declared) {
          option = null;
          path = [ ];
        }
        ++ lib.optionals (freeform != null) (below freeform path)
    else
      [ { inherit option path; } ];

  # The option at a path below an option: in a submodule the one that it declares, elsewhere one with a type
  # alone. Null where only the module system can tell.
  optionBelow =
    option: path:
    let
      optionAt =
        place:
        if place.path == [ ] then
          place.option
        else if lib.elem (typeOf place.option).name [ "anything" "attrs" "raw" "unspecified" ] then
          # What is below it is not converted.
          { type = typeOf place.option; }
        else
          null;
    in
    lib.findFirst (found: found != null) null (map optionAt (placesBelow option path));

  # Behind the last type that leads on, no other kind has names below it.
  isOpen =
    option:
    lib.elem ((import ./type.nix { inherit lib; }).kindOf (typeOf option)) [ "anything" "unknown" ];

  # Whether an override may stand at a path below an option with this type, as far as can be told.
  canBeBelow =
    type: path:
    lib.any (place: place.path == [ ] || isOpen place.option) (placesBelow { inherit type; } path);
in
{
  inherit
    alternativesOf
    canBeBelow
    elementOf
    optionBelow
    optionOnTheWay
    ;
}
