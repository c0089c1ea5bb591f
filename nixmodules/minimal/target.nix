# What a module list must be enough for: the whole system, or one unit.
{ lib, unit }:
# A configuration, as text that is equal when the result is.
config:
if unit == null then
  config.system.build.toplevel.drvPath
else if !(config.systemd.units ? ${unit}) then
  throw "the system has no unit '${unit}'"
else
  let
    inherit (config.systemd.units.${unit}) text;
  in
  # The text, and what it refers to.
  builtins.toJSON {
    text = builtins.unsafeDiscardStringContext (toString text);
    references = builtins.getContext (toString text);
  }
