# Whether all that a dynamic file defines stands in options that a certificate has as proved, so that nothing
# outside of the planned units can look at it.
{
  lib,
  # Their paths, as text.
  proved,
  # The path of each, as JSON; to work them out once, where it is asked for several certificates.
  keyOf ? import ./key.nix { inherit lib; },
}:

let
  paths = lib.genAttrs (map keyOf proved) (_: true);

  covers =
    path: value:
    let
      property = value._type or null;
    in
    if paths ? ${builtins.toJSON path} then
      true
    else if !builtins.isAttrs value || lib.isDerivation value then
      false
    else if property == "merge" then
      lib.all (covers path) value.contents
    else if property == "if" then
      covers path value.content
    # Another priority around a proved option may be that of an option around it, and then hides what else is
    # defined there.
    else
      # What is empty might be the definition of an option.
      property == null
      && value != { }
      && lib.all (name: covers (path ++ [ name ]) value.${name}) (lib.attrNames value);
in
# The file's module, called. Another attribute than these would be more than definitions.
content:
content == { }
|| (
  content ? config
  && removeAttrs content [
    "_file"
    "config"
  ] == { }
  && (
    content.config == {
      _type = "merge";
      contents = [ ];
    }
    || covers [ ] content.config
  )
)
