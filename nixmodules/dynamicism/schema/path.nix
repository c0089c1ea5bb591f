# An option's path from its text: `services.nginx.virtualHosts."a.b".root` to a list of names.
{ lib }:

text:
let
  # Every second part is what stood between quotes.
  parts = builtins.split ''"([^"]*)"'' text;
  bare = part: lib.filter (name: name != "") (lib.splitString "." part);
in
lib.concatMap (part: if builtins.isList part then part else bare part) parts
