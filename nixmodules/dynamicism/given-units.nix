# The units of which a definition gives the file itself (`unit`), in the place of the one that NixOS makes of their text:
# a set of their names. Whoever compares texts has not seen what such a file is made of.
{ lib }:

let
  # A definition of an element may be a module, which can say anything.
  gives =
    value:
    let
      property = value._type or null;
    in
    if !builtins.isAttrs value then
      true
    else if property == "merge" then
      lib.any gives value.contents
    else if property == "if" then
      value.condition && gives value.content
    else if property == "definition" then
      gives value.value
    else if property != null then
      gives value.content
    else
      value ? unit || value ? imports || value ? config && gives value.config;
  namesIn = definition: lib.filter (name: gives definition.${name}) (lib.attrNames definition);
in
# The option with the units, if there is one.
option:
lib.genAttrs (
  if option == null then
    [ ]
  # What is declared besides may define it for all of them.
  else if lib.length option.declarations > 1 then
    lib.attrNames option.value
  else
    lib.concatMap namesIn option.definitions
) (_: true)
