# The names of what a system can be called with from outside (`--arg`): those of the functions on the way to it in what
# its file evaluates to.
{ attribute, value }:
let
  namesOf =
    function:
    let
      names = builtins.attrNames (builtins.functionArgs function);
    in
    if names == [ ] then [ "argument" ] else names;
  of =
    path: value:
    if path == [ ] then
      if builtins.isFunction value then namesOf value else [ ]
    else if builtins.isFunction value then
      namesOf value ++ of path (value { })
    else
      of (builtins.tail path) value.${builtins.head path};
in
of attribute value
