# The names of what a system can be called with from outside (`--arg`): those of the functions on the way to it in what
# its file evaluates to. "..." is whatever the caller likes.
{ attribute, value }:
let
  isFunction = value: builtins.isFunction value || value ? __functor;
  has = text: part: builtins.replaceStrings [ part ] [ "" ] text != text;
  namesOf =
    function:
    let
      # The only place where Nix tells of an ellipsis.
      pattern = builtins.toXML function;
      isClosed = has pattern "<attrspat" && !has pattern "<attrspat ellipsis=";
    in
    if builtins.isFunction function && isClosed then
      builtins.attrNames (builtins.functionArgs function)
    else
      [ "..." ];
  of =
    path: value:
    if path == [ ] then
      if isFunction value then namesOf value else [ ]
    else if isFunction value then
      namesOf value ++ of path (value { })
    else
      of (builtins.tail path) value.${builtins.head path};
in
of attribute value
