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

  # The option at a path below an option: in a submodule the one that it declares, elsewhere one with a type
  # alone. Null where only the module system can tell.
  optionBelow =
    option: path:
    let
      type = option.type or { name = "unspecified"; };
      below = inner: optionBelow { type = inner; };
      inSubmodule = optionOnTheWay (type.getSubOptions [ ]) path;
      freeform = type.nestedTypes.freeformType or null;
      wanted = found: found != null;
    in
    if path == [ ] then
      option
    else if lib.elem type.name [ "attrsOf" "lazyAttrsOf" "loaOf" ] then
      below (elementOf type) (lib.tail path)
    else if type.name == "nullOr" then
      below (elementOf type) path
    else if type.name == "coercedTo" then
      below (type.nestedTypes.finalType or type.functor.wrapped) path
    else if type.name == "either" then
      lib.findFirst wanted null (map (side: below side path) (alternativesOf type))
    else if type.name == "submodule" then
      if inSubmodule != null then
        optionBelow inSubmodule.option inSubmodule.rest
      else if freeform != null then
        below freeform path
      else
        null
    else if lib.elem type.name [ "anything" "attrs" "raw" "unspecified" ] then
      # What is below it is not converted.
      { inherit type; }
    else
      null;
  # Types that have nothing below them, or are taken as a whole, so that no override stands there.
  isWhole =
    type:
    lib.elem type.name [
      "attrTag"
      "attrs"
      "bool"
      "boolByOr"
      "enum"
      "float"
      "functionTo"
      "int"
      "intBetween"
      "listOf"
      "nonEmptyStr"
      "package"
      "path"
      "positiveInt"
      "raw"
      "separatedString"
      "singleLineStr"
      "str"
      "uniq"
      "unique"
      "unspecified"
    ]
    || lib.any (prefix: lib.hasPrefix prefix type.name) [
      "number"
      "passwdEntry "
      "signedInt"
      "strMatching "
      "unsignedInt"
    ];

  # Whether an override may stand at a path below an option with this type, as far as can be told.
  canBeBelow =
    type: path:
    let
      declared = type.getSubOptions [ ];
      found = optionOnTheWay declared path;
      freeform = type.nestedTypes.freeformType or null;
    in
    if path == [ ] then
      true
    else if isWhole type then
      false
    else if lib.elem type.name [ "attrsOf" "lazyAttrsOf" "loaOf" ] then
      canBeBelow (elementOf type) (lib.tail path)
    else if type.name == "nullOr" then
      canBeBelow (elementOf type) path
    else if type.name == "coercedTo" then
      canBeBelow (type.nestedTypes.finalType or type.functor.wrapped) path
    else if type.name == "either" then
      lib.any (side: canBeBelow side path) (alternativesOf type)
    else if type.name == "submodule" then
      if found != null then
        canBeBelow (found.option.type or { name = "unspecified"; }) found.rest
      else
        lib.hasAttrByPath path declared || freeform != null && canBeBelow freeform path
    else
      true;
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
