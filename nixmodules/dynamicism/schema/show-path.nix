# The text of an option's path, as dynix writes it: `[ "a" "b.c" "*" ]` to `a."b.c"."*"`.
#
# Not lib.showOption: to it, "*" and "<name>" are the placeholders of a manual, not names; and which words of
# Nix it puts between quotes depends on the nixpkgs. Programs compare this text with what dynix prints itself.
path:
let
  words = [
    "assert"
    "else"
    "if"
    "in"
    "inherit"
    "let"
    "or"
    "rec"
    "then"
    "with"
  ];
  isPlain =
    name: builtins.match "[a-zA-Z_][a-zA-Z0-9_'-]*" name != null && !builtins.elem name words;
  quoted =
    name:
    "\""
    + builtins.replaceStrings [ "\\" "\"" "\${" "\n" "\r" "\t" ] [ "\\\\" "\\\"" "\\\${" "\\n" "\\r" "\\t" ] name
    + "\"";
in
builtins.concatStringsSep "." (map (name: if isPlain name then name else quoted name) path)
