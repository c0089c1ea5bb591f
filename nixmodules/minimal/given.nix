# What a system is evaluated from, as text: two systems of one folder have the same text only where they are the same
# system, whatever they are called and whoever calls them with what. It is null where that cannot be known, and
# `because` says why, as the end of a sentence. A function says nothing of what it was made of, so that there is such a
# text only of data, or of a flake's system by its name there.
{
  # What it is evaluated with: an argument that was given, or the default of ./use.nix.
  how,
  lib,
  nixpkgs,
  # What the modules of the system and its other arguments are in, a folder or a flake.
  configuration,
  # The call that the system is the result of (./use.nix), and where it is in the flake; null: nobody said.
  call,
  attribute,
  given,
}:
let
  isFlake = configuration ? outPath;
  folder = toString (configuration.sourceInfo.outPath or configuration);

  # A function is equal to another one only as the same member of a set, that is, when it is the same one.
  isCall = system: builtins.isAttrs system && system ? moduleListCall && system.moduleListCall == call;
  named = builtins.foldl' (
    found: name: if builtins.isAttrs found then found.${name} or null else null
  ) configuration attribute;

  # The functions that all systems of this nixpkgs are evaluated with: what they are is in the key.
  own =
    if isFlake then
      builtins.filter (input: (input.outPath or null) == nixpkgs.outPath or null) (
        builtins.attrValues (configuration.inputs or { })
      )
    else
      [ ];
  isOwnLib =
    if builtins.isPath (how.lib or null) then
      !(nixpkgs ? lib)
    else if nixpkgs ? lib then
      builtins.any (input: input ? lib && input.lib == nixpkgs.lib) own && (!how ? lib || lib == nixpkgs.lib)
    else
      !how ? lib || lib == import (nixpkgs + "/lib");

  firstOf =
    f: builtins.foldl' (found: value: if found == null then f value else found) null;
  # The first that is no data: where it is, and what. Members that are not asked for may fail or be without end.
  fault =
    where: value:
    let
      type = builtins.tryEval (builtins.typeOf value);
      found = what: {
        inherit what;
        where = lib.concatStringsSep "." where;
      };
      inner = name: fault (where ++ [ (toString name) ]);
    in
    if !type.success then
      found "cannot be evaluated"
    else if builtins.length where > 40 then
      found "has no end"
    else if type.value == "set" then
      # A package, a flake or a system is made of functions, and has itself among its members.
      if value ? outPath || value ? config && value ? options then
        found "is more than data"
      else
        firstOf (name: inner name value.${name}) (builtins.attrNames value)
    else if type.value == "list" then
      firstOf (at: inner at (builtins.elemAt value at)) (builtins.genList (at: at) (builtins.length value))
    else if type.value == "lambda" then
      found "is a function"
    else if builtins.elem type.value [ "bool" "float" "int" "null" "path" "string" ] then
      null
    else
      found "is a ${type.value}";
  notData = fault [ ] given;

  # A flake is in another folder whenever one of its files is another, such as the list.
  within = builtins.replaceStrings [ "%" folder ] [ "%%" "%/" ];
  data =
    value:
    let
      type = builtins.typeOf value;
    in
    if type == "set" then
      builtins.mapAttrs (_: data) value
    else if type == "list" then
      [ type ] ++ map data value
    else if type == "path" then
      [
        type
        (within (toString value))
      ]
    else if type == "string" then
      [
        type
        # Any bytes; JSON has not all of them.
        (builtins.hashString "sha256" (within (builtins.unsafeDiscardStringContext value)))
        (within (builtins.toJSON (builtins.getContext value)))
      ]
    else if type == "float" then
      [ type ] ++ bits value
    else
      value;
  # As text a number has six digits. This has all of them: the first 53 bits, as an integer, and how often it was doubled.
  bits =
    value:
    let
      scaled =
        times: number:
        if number >= 9007199254740992.0 then
          scaled (times - 1) (number * 0.5)
        else if number < 4503599627370496.0 then
          scaled (times + 1) (number * 2.0)
        else
          [
            times
            (builtins.floor number)
          ];
      isFinite = value - value == 0.0;
    in
    [
      (builtins.toJSON value)
      (value > 0.0)
      (value < 0.0)
    ]
    ++ (
      if !isFinite || value == 0.0 then
        [ ]
      else
        scaled 0 (if value < 0.0 then 0.0 - value else value)
    );
  unknown = because: {
    text = null;
    inherit because;
  };
  orName =
    what:
    unknown (what + (if isFlake then ", and the list has no `attribute' that names the system in the flake" else ""));
in
if attribute != null then
  if !isFlake then
    throw "dynix: `attribute' names a system of a flake, and the `configuration' of the module list is a folder"
  else if !isCall named then
    unknown "`${lib.concatStringsSep "." attribute}' of the flake is another system"
  else
    {
      text = builtins.toJSON { inherit attribute; };
      because = "";
    }
else if how ? evalConfig then
  orName "an `evalConfig' of your own may be made of anything"
else if !isOwnLib then
  orName "another `lib' than that of nixpkgs may be made of anything"
else if notData != null then
  orName "`${notData.where}' of the system ${notData.what}, which may be made of anything"
else
  {
    text = builtins.toJSON {
      given = data given;
      lib = data (if builtins.isPath (how.lib or null) then how.lib else null);
    };
    because = "";
  }
