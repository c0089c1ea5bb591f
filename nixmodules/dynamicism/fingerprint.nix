# What tells one text from another: the UUID of version 5 (RFC 9562) of the text, without the digits that are
# those of every UUID. `dynix activate` makes the same (lib/dynix/plan/plan.hpp).
text:
let
  digits = builtins.hashString "sha1" ("dynix.configurat" + text);
  part = from: size: builtins.substring from size digits;
in
part 0 12 + part 13 3 + part 17 15
