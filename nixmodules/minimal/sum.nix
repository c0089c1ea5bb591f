# Whether the text of a list is still the one that `dynix modules needed --write` has written: a merge may have left its
# marks in it or have made one list of two, and a disk that was full half of it. Nix ends at such a text before anybody
# can say what to do. Spaces do not count, so that the list may be formatted.
text:
let
  plain = builtins.replaceStrings [ " " "\n" "\r" "\t" ] [ "" "" "" "" ] (
    builtins.unsafeDiscardStringContext text
  );
  parts = builtins.split "sum=\"([0-9a-f]*)\";" plain;
in
rec {
  # Of all of the text but the sums in it.
  sum = builtins.hashString "sha256" (
    builtins.concatStringsSep "" (builtins.filter builtins.isString parts)
  );
  # A list that somebody has written by hand has none.
  isSummed = builtins.length parts > 1;
  isWhole = builtins.length parts == 3 && builtins.elemAt parts 1 == [ sum ];
}
